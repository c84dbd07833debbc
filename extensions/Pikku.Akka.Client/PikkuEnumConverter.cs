namespace Pikku.Akka.Clients;

/// <summary>Converts an enumeration to and from its JSON values, which are strings or numbers. Only generated code uses this type.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
/// <param name="unknown">The value that stands for values that the client does not know; null to reject them.</param>
/// <param name="values">The values and their JSON form, a string or a decimal.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class PikkuEnumConverter<T>(T? unknown, (T Value, object Wire)[] values) : JsonConverter<T> where T : struct, Enum
{
    private readonly Dictionary<object, T> _read = values.ToDictionary(pair => pair.Wire, pair => pair.Value);
    private readonly Dictionary<T, object> _written = values.ToDictionary(pair => pair.Value, pair => pair.Wire);

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        object? wire = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number => reader.TryGetDecimal(out var number) ? number : null,
            _ => throw new JsonException($"Expected a value of {typeof(T).Name}."),
        };
        return wire is not null && _read.TryGetValue(wire, out var value) ? value
            : unknown ?? throw new JsonException($"'{wire}' is not a value of {typeof(T).Name}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (!_written.TryGetValue(value, out var wire))
            throw new JsonException($"{typeof(T).Name}.{value} has no JSON value.");
        if (wire is string text)
            writer.WriteStringValue(text);
        else
            writer.WriteNumberValue((decimal)wire);
    }
}
