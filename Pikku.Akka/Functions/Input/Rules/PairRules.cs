using System.Reflection;
using Microsoft.Extensions.Validation;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>The rules of a dictionary entry, which are those of its value. Its path contains the key, see <see cref="ClrPath"/>.</summary>
internal sealed class PairRules(Type type, ValidationOptions options) : IValidatableInfo
{
    private readonly PropertyInfo _value = type.GetProperty(nameof(KeyValuePair<,>.Value))!;

    public async Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken)
    {
        if (_value.GetValue(value) is { } item && options.TryGetValidatableTypeInfo(item.GetType(), out var rules))
            await rules.ValidateAsync(item, context, cancellationToken);
    }
}
