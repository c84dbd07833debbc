namespace Pikku.Akka.Clients;

/// <summary>Reads the changes of state topics. Only generated code uses this type.</summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PikkuEntryChangeConverter<TValue> : PikkuChangeConverter<PikkuEntryChange<TValue>, TValue>
{
    private protected override bool ReadProperty(PikkuEntryChange<TValue> change, string name, ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        switch (name)
        {
            case "key":
                change.Key = ReadKey(ref reader);
                return true;
            case "removed":
                change.IsRemoved = reader.TokenType is JsonTokenType.True or JsonTokenType.False
                    ? reader.GetBoolean()
                    : throw new JsonException("Expected true or false.");
                return true;
            case "value":
                change.Set = ReadValue(ref reader, options);
                return true;
            default:
                return false;
        }
    }
}
