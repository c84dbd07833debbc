using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>The JSON options for one way of reading input.</summary>
/// <param name="read">The options for reading, including lists from text.</param>
/// <param name="plain">
/// The same options without the converters of this library. Only they show what a list or an object consists of: for System.Text.Json a type with a
/// converter is opaque.
/// </param>
/// <param name="text">The options for reading a scalar from text, such as an item of a list in one string.</param>
/// <param name="numbers">The options for reading where an attribute sets the number handling.</param>
internal sealed class InputFormat(JsonSerializerOptions read, JsonSerializerOptions plain, JsonSerializerOptions text, NumberHandling numbers)
{
    public JsonTypeInfo Read(Type type) => read.GetTypeInfo(type);

    public JsonTypeInfo Read(Type type, JsonNumberHandling? handling) => handling is { } its ? numbers.Reading(its).GetTypeInfo(type) : Read(type);

    public JsonTypeInfo Plain(Type type) => plain.GetTypeInfo(type);

    public JsonTypeInfo Text(Type type) => text.GetTypeInfo(type);

    public StringComparer Names => plain.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The maximum nesting depth of objects and lists.</summary>
    public int MaxDepth => JsonDepth.Of(plain);

    /// <summary>True when the annotation of a class-typed property forbids null; for value types, the converter decides.</summary>
    public bool RefusesNull(JsonPropertyInfo property) =>
        plain.RespectNullableAnnotations && !property.IsSetNullable && !property.PropertyType.IsValueType;

    public bool ForbidsUnknown(JsonTypeInfo type) =>
        (type.UnmappedMemberHandling ?? plain.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow
        && !type.Properties.Any(p => p.IsExtensionData);
}
