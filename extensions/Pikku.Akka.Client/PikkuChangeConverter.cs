namespace Pikku.Akka.Clients;

/// <summary>Reads the changes of presence and state topics, which only the server sends.</summary>
/// <typeparam name="TChange">The type of the changes.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class PikkuChangeConverter<TChange, TValue> : JsonConverter<TChange>
    where TChange : class, new()
{
    private protected PikkuChangeConverter()
    {
    }

    /// <inheritdoc/>
    public override TChange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Expected the change of an entry.");
        var change = new TChange();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            // Newer servers may send more.
            if (!ReadProperty(change, name, ref reader, options))
                reader.Skip();
        }

        return change;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TChange value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Only the server sends changes.");

    /// <summary>Reads the value of a property.</summary>
    /// <returns>False if the property is not known.</returns>
    private protected abstract bool ReadProperty(TChange change, string name, ref Utf8JsonReader reader, JsonSerializerOptions options);

    private protected static PikkuOptional<TValue> ReadValue(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        new(JsonSerializer.Deserialize(ref reader, PikkuJson.TypeOf<TValue>(options))!);

    private protected static string ReadKey(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("Expected the key of an entry.");
}
