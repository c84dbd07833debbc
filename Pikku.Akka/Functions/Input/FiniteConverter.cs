using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// Reads a floating-point number and refuses one that is beyond the range of its type. System.Text.Json reads it as infinity, which it does
/// not write: the value would come in and could not go out.
/// </summary>
/// <param name="number">How the number is read otherwise: whether from text too, for example.</param>
internal sealed class FiniteConverter<T>(JsonTypeInfo number) : JsonConverter<T> where T : struct, IFloatingPointIeee754<T>
{
    private readonly JsonTypeInfo<T> _number = (JsonTypeInfo<T>)number;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // By far the most usual kind, without a second deserialiser.
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
