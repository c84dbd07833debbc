using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>Binds the path parameters and the query of an upgrade request to the channel's type.</summary>
internal sealed class OpeningDataBinder(InputOptions options)
{
    /// <summary>The query parameter in which browsers send a token (RFC 6750 §2.3). It is for authentication and is never opening data.</summary>
    public const string TokenParameter = "access_token";

    private readonly InputFormat _format = options.OpeningData;

    /// <summary>Binds and validates.</summary>
    /// <param name="type">The channel's type, whose values are JSON objects.</param>
    /// <param name="path">The path parameters; a parameter without a value counts as absent.</param>
    /// <param name="query">The query. Parameters that the type does not declare are ignored, even when it forbids unknown properties.</param>
    /// <param name="services">The services of the request, for rules that need them.</param>
    /// <param name="cancellationToken">The cancellation of the request.</param>
    /// <exception cref="UnprocessableContentError">Path and query contradict each other, or the values break the rules of the type.</exception>
    public async ValueTask<object?> BindAsync(
        Type type,
        IEnumerable<KeyValuePair<string, string?>> path,
        IEnumerable<KeyValuePair<string, StringValues>> query,
        IServiceProvider services,
        CancellationToken cancellationToken)
    {
        if (type == typeof(NoData))
            return default(NoData);
        var value = Read(type, ToJson(Merge(type, path, query)));
        if (value is not null && options.Rules.HasRules(type))
            await options.Rules.ValidateAsync(value, services, cancellationToken);
        return value;
    }

    private object? Read(Type type, byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, _format.Read(type));
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw new InputDiagnosis(_format).Explain(json, type, failure as JsonException);
        }
    }

    private Dictionary<string, StringValues> Merge(
        Type type, IEnumerable<KeyValuePair<string, string?>> path, IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        var shape = new InputShape(type, _format);
        var merged = new Dictionary<string, StringValues>(_format.Names);
        foreach (var (name, value) in path)
        {
            if (value is not null && Keeps(shape, name))
                merged[name] = value;
        }
        var inPath = merged.Keys.ToHashSet(_format.Names);
        var conflicts = new List<InputProblem>();
        foreach (var (name, values) in query)
        {
            if (!Keeps(shape, name) || string.Equals(name, TokenParameter, StringComparison.OrdinalIgnoreCase))
                continue;
            if (!inPath.Contains(name))
                merged[name] = StringValues.Concat(merged.GetValueOrDefault(name), values);
            else if (values.Any(v => v != merged[name]))
                conflicts.Add(new InputProblem(shape.NameOf(name), Texts.Conflict));
        }
        return conflicts.Count == 0 ? merged : throw new UnprocessableContentError(conflicts);
    }

    private static bool Keeps(InputShape shape, string name) => shape.KeepsUnknown || shape.Declares(name);

    private static byte[] ToJson(Dictionary<string, StringValues> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = PlainJsonEncoder.Instance });
        json.WriteStartObject();
        foreach (var (name, value) in values)
        {
            json.WritePropertyName(name);
            if (value.Count == 1)
                json.WriteStringValue(value[0]);
            else
                JsonSerializer.Serialize(json, value.ToArray());
        }
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
