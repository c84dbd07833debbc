using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>A property of an input type, as rules see it.</summary>
/// <param name="Property">The property.</param>
/// <param name="JsonName">What clients call it.</param>
/// <param name="IsRead">Whether its value comes from the JSON; else it is computed.</param>
/// <param name="Attributes">Its own rules.</param>
internal sealed record InputMember(PropertyInfo Property, string JsonName, bool IsRead, ValidationAttribute[] Attributes)
{
    public string DisplayName => Property.GetCustomAttribute<DisplayAttribute>()?.GetName() ?? JsonName;
}
