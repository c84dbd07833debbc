using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads lists of scalars from one string too: <c>"a,b"</c> is <c>["a","b"]</c>.</summary>
internal sealed class CommaListConverterFactory(JsonSerializerOptions plain, JsonSerializerOptions text) : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => Scalar.ItemOf(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(CommaListConverter<>).MakeGenericType(typeToConvert), plain, text)!;
}
