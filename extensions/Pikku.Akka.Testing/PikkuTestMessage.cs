using System.Text;
using System.Text.Json;

namespace Pikku.Akka;

/// <summary>A message that a connection of a test has received.</summary>
public sealed class PikkuTestMessage
{
    // Duplicate names are always an error, for example when a result and its envelope both have the routing key.
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    private readonly JsonSerializerOptions _options;

    internal PikkuTestMessage(byte[] bytes, bool isBinary, JsonSerializerOptions options)
    {
        Bytes = bytes;
        IsBinary = isBinary;
        _options = options;
    }

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>True for a binary message.</summary>
    public bool IsBinary { get; }

    /// <summary>The text of a text message; null for a binary message.</summary>
    public string? Text => IsBinary ? null : Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The message as JSON.</summary>
    /// <exception cref="PikkuExpectationException">The message is no JSON, or an object in it has a name twice.</exception>
    public JsonElement Json => TryReadJson(out var json, out var problem) ? json : throw new PikkuExpectationException($"JSON was expected, but {problem}: {this}");

    /// <summary>Reads the message with the JSON options of the application.</summary>
    /// <typeparam name="T">The type of the message.</typeparam>
    /// <exception cref="PikkuExpectationException">The message cannot be read as this type.</exception>
    public T Read<T>() => Read<T>(Json);

    /// <inheritdoc/>
    public override string ToString() => Shorten(Text ?? $"[{Bytes.Length} bytes] {Convert.ToHexStringLower(Bytes.Span)}");

    internal static string Shorten(string text) => text.Length <= 400 ? text : $"{text[..400]}… ({text.Length} characters)";

    internal bool TryReadJson(out JsonElement json, out string problem)
    {
        (json, problem) = (default, "the message is binary");
        if (IsBinary)
            return false;
        try
        {
            json = JsonElement.Parse(Bytes.Span, s_strict);
            return true;
        }
        catch (JsonException e)
        {
            problem = e.Message;
            return false;
        }
    }

    internal T Read<T>(JsonElement json)
    {
        try
        {
            return json.Deserialize<T>(_options)!;
        }
        catch (JsonException e)
        {
            throw new PikkuExpectationException($"{typeof(T).Name} was expected, but the message cannot be read as one: {this}\n{e.Message}", e);
        }
    }
}
