using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads the key of a topic from the values in its name, as opening data is read from a path, and checks that the name is the only one of that topic.</summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
internal sealed class TopicKeyReader<TKey>
{
    private readonly TopicKey<TKey> _key;
    private readonly InputFormat _format;
    private readonly ValidationRules _rules;
    private readonly JsonTypeInfo<TKey> _type;
    private readonly bool _hasRules;

    /// <param name="key">Writes the keys.</param>
    /// <param name="options">The options of the application.</param>
    /// <exception cref="NotSupportedException">JSON can't be read into the type.</exception>
    /// <exception cref="InvalidOperationException">The type is contradictory.</exception>
    public TopicKeyReader(TopicKey<TKey> key, InputOptions options)
    {
        _key = key;
        _format = options.OpeningData;
        _rules = options.Rules;
        _type = (JsonTypeInfo<TKey>)_format.Read(typeof(TKey));
        _hasRules = _rules.HasRules(typeof(TKey));
        Type = _format.Plain(typeof(TKey));
    }

    /// <summary>The JSON metadata that writes a key.</summary>
    public JsonTypeInfo Type { get; }

    /// <summary>Reads the key.</summary>
    /// <param name="name">The name of the topic.</param>
    /// <param name="escaped">The values in the name, with their escapes.</param>
    /// <exception cref="UnprocessableContentError">The values do not fit the type, or the topic of the key has another name.</exception>
    public TKey Read(string name, IReadOnlyList<string> escaped)
    {
        var placeholders = _key.Template.Placeholders;
        var values = new string[placeholders.Count];
        var problems = new List<InputProblem>();
        for (var i = 0; i < values.Length; i++)
        {
            if (escaped[i].Length == 0)
                problems.Add(new InputProblem(placeholders[i], Texts.Required));
            else if (TopicText.TryUnescape(escaped[i], out var value))
                values[i] = value;
            else
                problems.Add(new InputProblem(placeholders[i], Texts.NotEscaped));
        }

        if (problems.Count > 0)
            throw new UnprocessableContentError(problems);
        var key = Deserialize(ToJson(values));
        string canonical;
        try
        {
            canonical = _key.Format(key);
        }
        catch (ArgumentException)
        {
            throw new UnprocessableContentError("topic", Texts.NotValid);
        }

        return canonical == name ? key : throw new UnprocessableContentError("topic", Texts.MustBe(canonical));
    }

    /// <summary>Validates a key. Completes synchronously when the type has no rules.</summary>
    /// <exception cref="UnprocessableContentError">Rules are broken; the error lists all of them.</exception>
    public ValueTask ValidateAsync(TKey key, IServiceProvider services, CancellationToken cancellationToken) =>
        _hasRules && key is not null ? _rules.ValidateAsync(key, services, cancellationToken) : ValueTask.CompletedTask;

    private TKey Deserialize(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, _type)!;
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            var error = new InputDiagnosis(_format).Explain(json, typeof(TKey), failure as JsonException);
            // A simple key has no properties; its problem is that of the only placeholder.
            throw !_key.IsSimple ? error
                : new UnprocessableContentError([.. error.Details.Select(problem => problem with { Path = _key.Template.Placeholders[0] })]);
        }
    }

    private byte[] ToJson(string[] values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = PlainJsonEncoder.Instance });
        if (_key.IsSimple)
        {
            json.WriteStringValue(values[0]);
        }
        else
        {
            json.WriteStartObject();
            for (var i = 0; i < values.Length; i++)
                json.WriteString(_key.Template.Placeholders[i], values[i]);
            json.WriteEndObject();
        }

        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
