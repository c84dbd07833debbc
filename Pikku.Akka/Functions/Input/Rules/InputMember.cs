using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>A property of an input type with its rules.</summary>
/// <param name="Property">The property.</param>
/// <param name="JsonName">The JSON name.</param>
/// <param name="IsRead">True when the value comes from the JSON; false when it is computed.</param>
/// <param name="Attributes">The rules of the property itself.</param>
internal sealed record InputMember(PropertyInfo Property, string JsonName, bool IsRead, ValidationAttribute[] Attributes)
{
    public string DisplayName => Property.GetCustomAttribute<DisplayAttribute>()?.GetName() ?? JsonName;
}
