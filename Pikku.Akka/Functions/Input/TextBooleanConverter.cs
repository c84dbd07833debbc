using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads a boolean from text. System.Text.Json has such a setting only for numbers.</summary>
internal sealed class TextBooleanConverter : JsonConverter<bool>
{
    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType != JsonTokenType.String ? reader.GetBoolean()
        : bool.TryParse(reader.GetString(), out var value) ? value
        : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
}
