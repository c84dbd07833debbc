using System.Globalization;
using Microsoft.Extensions.Validation;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>Refuses numbers that an enumeration does not define. JSON can contain them, and C# does not check them.</summary>
internal sealed class EnumRules(Type type) : IValidatableInfo
{
    // For flags, every combination of defined values is defined.
    private readonly ulong? _flags = type.IsDefined(typeof(FlagsAttribute), inherit: false)
        ? Enum.GetValuesAsUnderlyingType(type).Cast<object>().Aggregate(0UL, (all, flag) => all | Bits(flag))
        : null;

    public Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken)
    {
        if (value is not null && !IsDefined(value))
        {
            var errors = context.ValidationErrors ??= [];
            errors[context.CurrentValidationPath] = [.. errors.GetValueOrDefault(context.CurrentValidationPath) ?? [], Texts.NotAllowed];
        }
        return Task.CompletedTask;
    }

    private bool IsDefined(object value) => _flags is { } flags
        ? (Bits(Convert.ChangeType(value, Enum.GetUnderlyingType(type), CultureInfo.InvariantCulture)) & ~flags) == 0
        : Enum.IsDefined(type, value);

    private static ulong Bits(object number) =>
        number is ulong bits ? bits : unchecked((ulong)Convert.ToInt64(number, CultureInfo.InvariantCulture));
}
