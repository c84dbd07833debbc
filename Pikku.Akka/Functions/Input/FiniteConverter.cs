using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// Reads a floating-point number and refuses a number beyond the range of its type. System.Text.Json would read it as infinity, which it can't
/// write: the value could be received but not sent.
/// </summary>
/// <param name="number">Reads the number otherwise, for example from text as well.</param>
internal sealed class FiniteConverter<T>(JsonTypeInfo number) : JsonConverter<T> where T : struct, IFloatingPointIeee754<T>
{
    private readonly JsonTypeInfo<T> _number = (JsonTypeInfo<T>)number;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // The most common case, without a second deserializer.
        var value = typeof(T) == typeof(double) && reader.TokenType == JsonTokenType.Number
            ? T.CreateTruncating(reader.GetDouble())
            : JsonSerializer.Deserialize(ref reader, _number);
        return T.IsFinite(value) ? value : throw new JsonException();
    }

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = base.ReadAsPropertyName(ref reader, typeToConvert, options);
        return T.IsFinite(value) ? value : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, _number);
}
