using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Validation;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>The rules of one class, record or struct, in the form of the engine.</summary>
internal sealed class TypeRules(Type type, IReadOnlyList<ValidatablePropertyInfo> members) : ValidatableTypeInfo(type, members)
{
    private readonly ValidationAttribute[] _attributes =
        [.. type.GetCustomAttributes<ValidationAttribute>(inherit: true).Select(GuardedAttribute.Around)];

    protected override ValidationAttribute[] GetValidationAttributes() => _attributes;
}
