using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads lists of scalars from one string as well: <c>"a,b"</c> is <c>["a","b"]</c>.</summary>
internal sealed class CommaListConverterFactory(JsonSerializerOptions plain, JsonSerializerOptions text) : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => Scalar.ItemOf(typeToConvert) is not null;

    /// <summary>A type information modifier: leaves lists that are populated instead of replaced to System.Text.Json, because custom converters can't populate.</summary>
    public void LeavePopulated(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.CustomConverter is null && CanConvert(property.PropertyType) && InputShape.IsPopulated(property))
                property.CustomConverter = plain.GetTypeInfo(property.PropertyType).Converter;
    }

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(CommaListConverter<>).MakeGenericType(typeToConvert), plain, text)!;
}
