using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads lists of scalars from one string too: <c>"a,b"</c> is <c>["a","b"]</c>.</summary>
internal sealed class CommaListConverterFactory(JsonSerializerOptions plain, JsonSerializerOptions text) : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => Scalar.ItemOf(typeToConvert) is not null;

    /// <summary>A modifier of type information: a list that is filled and not replaced is left to System.Text.Json, for no other converter can.</summary>
    public void LeavePopulated(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.CustomConverter is null && CanConvert(property.PropertyType) && InputShape.IsPopulated(property))
                property.CustomConverter = plain.GetTypeInfo(property.PropertyType).Converter;
    }

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(CommaListConverter<>).MakeGenericType(typeToConvert), plain, text)!;
}
