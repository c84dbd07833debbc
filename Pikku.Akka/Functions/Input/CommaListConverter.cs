using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads one list type from a JSON array or from a string split at its commas.</summary>
internal sealed class CommaListConverter<TList>(JsonSerializerOptions arrays, JsonSerializerOptions text) : JsonConverter<TList>
{
    private readonly JsonConverter<TList> _array = (JsonConverter<TList>)arrays.GetTypeInfo(typeof(TList)).Converter;
    private readonly JsonTypeInfo<TList> _items = (JsonTypeInfo<TList>)text.GetTypeInfo(typeof(TList));

    public override TList? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(CommaList.Split(reader.GetString()!)), _items)
            : _array.Read(ref reader, typeToConvert, arrays);

    public override void Write(Utf8JsonWriter writer, TList value, JsonSerializerOptions options) => _array.Write(writer, value, arrays);
}
