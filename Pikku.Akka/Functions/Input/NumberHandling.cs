using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// Applies <see cref="JsonNumberHandlingAttribute"/> to numbers that a converter of this library reads. System.Text.Json applies it only to its
/// own converters and does not pass it to others.
/// </summary>
/// <param name="plain">Describes the types without the converters of this library.</param>
/// <param name="reading">Creates the options for reading input with a given number handling.</param>
internal sealed class NumberHandling(JsonSerializerOptions plain, Func<JsonNumberHandling, JsonSerializerOptions> reading)
{
    private readonly ConcurrentDictionary<JsonNumberHandling, JsonSerializerOptions> _reading = new();

    /// <summary>The options for reading input with a given number handling.</summary>
    public JsonSerializerOptions Reading(JsonNumberHandling numbers) => _reading.GetOrAdd(numbers, reading);

    /// <summary>A type information modifier.</summary>
    public void ApplyTo(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if ((property.NumberHandling ?? type.NumberHandling) is not { } numbers
                || property.CustomConverter is not null || !IsReadByOurs(property.PropertyType))
                continue;
            property.NumberHandling = null;
            property.CustomConverter = (JsonConverter)Activator.CreateInstance(
                typeof(Converter<>).MakeGenericType(property.PropertyType), Reading(numbers))!;
        }
    }

    // Numbers, and the numbers in a list or dictionary, but not in lists of lists: the same rule as in System.Text.Json.
    private bool IsReadByOurs(Type type)
    {
        type = NotNull(type);
        return IsFloat(type) || Scalar.ItemOf(type) is not null
            || (plain.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary, ElementType: { } element } && IsFloat(NotNull(element)));

        static bool IsFloat(Type type) => ScalarTypes.Of(type) is { IsFloat: true };

        static Type NotNull(Type type) => Nullable.GetUnderlyingType(type) ?? type;
    }

    private sealed class Converter<T>(JsonSerializerOptions reading) : JsonConverter<T>
    {
        private readonly JsonTypeInfo<T> _type = (JsonTypeInfo<T>)reading.GetTypeInfo(typeof(T));

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonSerializer.Deserialize(ref reader, _type);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, _type);
    }
}
