using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// Keeps <see cref="JsonNumberHandlingAttribute"/> in force where a converter of ours reads the numbers: System.Text.Json knows it for its own
/// converters alone, and hands it to no others.
/// </summary>
/// <param name="plain">Tells what a type consists of.</param>
/// <param name="reading">How input is read when numbers are handled in a way.</param>
internal sealed class NumberHandling(JsonSerializerOptions plain, Func<JsonNumberHandling, JsonSerializerOptions> reading)
{
    private readonly ConcurrentDictionary<JsonNumberHandling, JsonSerializerOptions> _reading = new();

    /// <summary>How input is read when numbers are handled in a way.</summary>
    public JsonSerializerOptions Reading(JsonNumberHandling numbers) => _reading.GetOrAdd(numbers, reading);

    /// <summary>A modifier of type information.</summary>
    public void Heed(JsonTypeInfo type)
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

    // Numbers and the numbers in a list or dictionary, but not those in lists of lists: as System.Text.Json has it.
    private bool IsReadByOurs(Type type)
    {
        type = NotNull(type);
        return Scalar.IsFloat(type) || Scalar.ItemOf(type) is not null
            || (plain.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary, ElementType: { } element } && Scalar.IsFloat(NotNull(element)));

        static Type NotNull(Type type) => Nullable.GetUnderlyingType(type) ?? type;
    }

    private sealed class Converter<T>(JsonSerializerOptions reading) : JsonConverter<T>
    {
        private readonly JsonTypeInfo<T> _type = (JsonTypeInfo<T>)reading.GetTypeInfo(typeof(T));

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonSerializer.Deserialize(ref reader, _type);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, _type);
    }
}
