using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>
/// The attributes of a property, including those on the constructor parameter of the same name: <c>record Todo([Required] string Title)</c>.
/// </summary>
internal static class MemberAttributes
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly string? FrameworkText = new AllowedValuesAttribute().ErrorMessage;

    /// <summary>The attributes in the form that the engine runs.</summary>
    public static ValidationAttribute[] Of(PropertyInfo property, Type type) =>
        [.. PlainOf(property, type).Select(WithPlainText).Select(GuardedAttribute.Around)];

    /// <summary>The attributes as written in the code.</summary>
    public static ValidationAttribute[] PlainOf(PropertyInfo property, Type type) =>
    [
        .. property.GetCustomAttributes<ValidationAttribute>(inherit: true)
            .Concat(Parameters(property, type).SelectMany(p => p.GetCustomAttributes<ValidationAttribute>(inherit: true))),
    ];

    // A derived record passes its parameter on to its base and has no property for it; every type up to the declaring one may add rules.
    private static IEnumerable<ParameterInfo> Parameters(PropertyInfo property, Type type)
    {
        if (ParameterData.ParameterOf(property) is { } handled)
        {
            yield return handled;
            yield break;
        }

        for (var t = type; t is not null && property.DeclaringType!.IsAssignableFrom(t); t = t.BaseType)
        {
            foreach (var parameter in t.GetConstructors(AnyInstance).SelectMany(c => c.GetParameters()))
            {
                if (parameter.ParameterType == property.PropertyType
                    && string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase))
                    yield return parameter;
            }
        }
    }

    // The framework's text for this attribute contains the class name of the attribute instead of the values.
    private static ValidationAttribute WithPlainText(ValidationAttribute attribute)
    {
        if (attribute is AllowedValuesAttribute { ErrorMessageResourceName: null } allowed && allowed.ErrorMessage == FrameworkText)
            allowed.ErrorMessage = "The {0} field " + Texts.OneOf(allowed.Values).Replace("{", "{{").Replace("}", "}}") + ".";
        return attribute;
    }
}
