using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Validation;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>The rules of one property.</summary>
internal sealed class MemberRules(PropertyInfo property, string displayName, ValidationAttribute[] attributes)
    : ValidatablePropertyInfo(property.DeclaringType!, property.PropertyType, property.Name, displayName)
{
    protected override ValidationAttribute[] GetValidationAttributes() => attributes;
}
