using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>What a type of input takes, as far as the form of a message depends on it.</summary>
internal sealed class InputShape
{
    private readonly HashSet<string> _properties;

    public InputShape(Type type, InputFormat format)
    {
        var forms = Forms(format.Plain(type), format).ToList();
        _properties = forms.SelectMany(f => f.Properties).Where(IsRead).Select(p => p.Name).ToHashSet(format.Names);
        IsObject = forms[0].Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary || type == typeof(JsonObject);
        KeepsUnknown = forms.Exists(f => f.Kind != JsonTypeInfoKind.Object || f.Properties.Any(p => p.IsExtensionData));
        TakesAnything = type != typeof(None) && forms.Exists(f => f.Kind switch
        {
            JsonTypeInfoKind.Object => f.Properties.Any(p => p.IsExtensionData) || format.ForbidsUnknown(f),
            JsonTypeInfoKind.Dictionary => true,
            JsonTypeInfoKind.None => !Scalar.Is(f.Type),
            _ => false,
        });
        TakesNull = Nullable.GetUnderlyingType(type) is not null || type == typeof(object) || type == typeof(JsonElement)
            || type == typeof(JsonDocument) || type == typeof(JsonNode);
    }

    /// <summary>Its values are JSON objects. One that is left out is read as an empty one, so that defaults apply.</summary>
    public bool IsObject { get; }

    /// <summary>A JSON null is a value of it.</summary>
    public bool TakesNull { get; }

    /// <summary>It notices properties that it does not declare: it keeps them, forbids them or reads the JSON by itself.</summary>
    public bool TakesAnything { get; }

    /// <summary>It has a place for properties that it does not declare.</summary>
    public bool KeepsUnknown { get; }

    public bool Declares(string property) => _properties.Contains(property);

    /// <summary>The property's name as the type writes it.</summary>
    public string NameOf(string property) => _properties.TryGetValue(property, out var name) ? name : property;

    private static IEnumerable<JsonTypeInfo> Forms(JsonTypeInfo info, InputFormat format)
    {
        if (Nullable.GetUnderlyingType(info.Type) is { } value)
            info = format.Plain(value);
        var derived = info.PolymorphismOptions?.DerivedTypes ?? [];
        return [info, .. derived.Where(d => d.DerivedType != info.Type).Select(d => format.Plain(d.DerivedType))];
    }

    /// <summary>Whether the JSON gets to the property; computed and ignored ones are passed over.</summary>
    public static bool IsRead(JsonPropertyInfo property) =>
        (property.Set is not null || property.AssociatedParameter is not null || IsPopulated(property)) && !property.IsExtensionData;

    /// <summary>Whether the object or list that the property holds is filled instead of replaced; such a property needs no setter.</summary>
    public static bool IsPopulated(JsonPropertyInfo property) =>
        property.Get is not null && !property.PropertyType.IsValueType && property.PropertyType != typeof(string)
        && (property.ObjectCreationHandling
            ?? property.DeclaringType.GetCustomAttribute<JsonObjectCreationHandlingAttribute>()?.Handling
            ?? property.Options.PreferredObjectCreationHandling) == JsonObjectCreationHandling.Populate;
}
