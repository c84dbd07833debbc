using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>One way of reading input.</summary>
/// <param name="read">How it is read, lists from text included.</param>
/// <param name="plain">
/// The same without converters of ours. What a list or an object consists of is known here only: to System.Text.Json a type that
/// has a converter is opaque.
/// </param>
/// <param name="text">How a scalar is read from text, as the items of a list in one string are.</param>
/// <param name="numbers">How it is read where an attribute says how numbers are handled.</param>
internal sealed class InputFormat(JsonSerializerOptions read, JsonSerializerOptions plain, JsonSerializerOptions text, NumberHandling numbers)
{
    public JsonTypeInfo Read(Type type) => read.GetTypeInfo(type);

    public JsonTypeInfo Read(Type type, JsonNumberHandling? handling) => handling is { } its ? numbers.Reading(its).GetTypeInfo(type) : Read(type);

    public JsonTypeInfo Plain(Type type) => plain.GetTypeInfo(type);

    public JsonTypeInfo Text(Type type) => text.GetTypeInfo(type);

    public StringComparer Names => plain.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Objects and lists may be nested this deep.</summary>
    public int MaxDepth => JsonDepth.Of(plain);

    /// <summary>Whether the annotation of a class-typed property forbids null; a value type takes it or not by its converter.</summary>
    public bool RefusesNull(JsonPropertyInfo property) =>
        plain.RespectNullableAnnotations && !property.IsSetNullable && !property.PropertyType.IsValueType;

    public bool ForbidsUnknown(JsonTypeInfo type) =>
        (type.UnmappedMemberHandling ?? plain.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow
        && !type.Properties.Any(p => p.IsExtensionData);
}
