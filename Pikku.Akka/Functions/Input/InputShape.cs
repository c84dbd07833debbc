using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Functions.Input;

/// <summary>The properties of an input type that determine the form of its messages.</summary>
internal sealed class InputShape
{
    private readonly HashSet<string> _properties;

    public InputShape(Type type, InputFormat format)
    {
        var forms = Forms(format.Plain(type), format).ToList();
        _properties = forms.SelectMany(f => f.Properties).Where(IsRead).Select(p => p.Name).ToHashSet(format.Names);
        IsObject = forms[0].Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary || type == typeof(JsonObject);
        KeepsUnknown = forms.Exists(f => f.Kind != JsonTypeInfoKind.Object || f.Properties.Any(p => p.IsExtensionData));
        HandlesUnknown = type != typeof(NoData) && forms.Exists(f => f.Kind switch
        {
            JsonTypeInfoKind.Object => f.Properties.Any(p => p.IsExtensionData) || format.ForbidsUnknown(f),
            JsonTypeInfoKind.Dictionary => true,
            JsonTypeInfoKind.None => !Scalar.Is(f.Type),
            _ => false,
        });
        AcceptsNull = Nullable.GetUnderlyingType(type) is not null || ScalarTypes.IsAnyJson(type);
    }

    /// <summary>The values are JSON objects. Missing data is read as an empty object, so that defaults apply.</summary>
    public bool IsObject { get; }

    /// <summary>The JSON value null is legal.</summary>
    public bool AcceptsNull { get; }

    /// <summary>The type processes properties that it does not declare: it keeps them, forbids them, or reads the JSON with its own converter.</summary>
    public bool HandlesUnknown { get; }

    /// <summary>The type keeps properties that it does not declare.</summary>
    public bool KeepsUnknown { get; }

    public bool Declares(string property) => _properties.Contains(property);

    /// <summary>The name of the property in the spelling of the type.</summary>
    public string NameOf(string property) => _properties.TryGetValue(property, out var name) ? name : property;

    private static IEnumerable<JsonTypeInfo> Forms(JsonTypeInfo info, InputFormat format)
    {
        if (Nullable.GetUnderlyingType(info.Type) is { } value)
            info = format.Plain(value);
        var derived = info.PolymorphismOptions?.DerivedTypes ?? [];
        return [info, .. derived.Where(d => d.DerivedType != info.Type).Select(d => format.Plain(d.DerivedType))];
    }

    /// <summary>True when the property is set from JSON; false for computed and ignored properties.</summary>
    public static bool IsRead(JsonPropertyInfo property) =>
        (property.Set is not null || property.AssociatedParameter is not null || IsPopulated(property)) && !property.IsExtensionData;

    /// <summary>True when the object or list of the property is populated instead of replaced; such a property needs no setter.</summary>
    public static bool IsPopulated(JsonPropertyInfo property) =>
        property.Get is not null && !property.PropertyType.IsValueType && property.PropertyType != typeof(string)
        && (property.ObjectCreationHandling
            ?? property.DeclaringType.GetCustomAttribute<JsonObjectCreationHandlingAttribute>()?.Handling
            ?? property.Options.PreferredObjectCreationHandling) == JsonObjectCreationHandling.Populate;
}
