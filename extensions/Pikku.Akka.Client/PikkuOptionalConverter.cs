namespace Pikku.Akka.Clients;

/// <summary>Writes an optional value as the value itself. Only generated code uses this type.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PikkuOptionalConverter<T> : JsonConverter<PikkuOptional<T>>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override PikkuOptional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonSerializer.Deserialize(ref reader, PikkuJson.TypeOf<T>(options))!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PikkuOptional<T> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Value!, PikkuJson.TypeOf<T>(options));
}
