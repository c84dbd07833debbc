using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>Reads lists of scalars from one string too: <c>"a,b"</c> is <c>["a","b"]</c>.</summary>
internal sealed class CommaListConverterFactory(JsonSerializerOptions plain, JsonSerializerOptions text) : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => Scalar.ItemOf(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) => Create(typeToConvert, plain);

    /// <summary>
    /// Keeps <see cref="JsonNumberHandlingAttribute"/> in force on lists: System.Text.Json knows it for its own converters alone.
    /// </summary>
    public void HeedNumberHandling(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if ((property.NumberHandling ?? type.NumberHandling) is not { } numbers
                || property.CustomConverter is not null || !CanConvert(property.PropertyType))
                continue;
            var arrays = numbers.HasFlag(JsonNumberHandling.AllowReadingFromString) ? text : plain;
            property.NumberHandling = null;
            property.CustomConverter = Create(property.PropertyType, arrays);
        }
    }

    private JsonConverter Create(Type list, JsonSerializerOptions arrays) =>
        (JsonConverter)Activator.CreateInstance(typeof(CommaListConverter<>).MakeGenericType(list), arrays, text)!;
}
