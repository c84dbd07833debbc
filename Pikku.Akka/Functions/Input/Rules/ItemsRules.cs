using System.Collections;
using Microsoft.Extensions.Validation;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>The rules of the items of a list or dictionary that is not a property: the input itself, or an item of another list.</summary>
internal sealed class ItemsRules(ValidationOptions options) : IValidatableInfo
{
    public async Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken)
    {
        var path = context.CurrentValidationPath;
        foreach (var (index, item) in ((IEnumerable)value!).Cast<object?>().Index())
        {
            if (item is null || !options.TryGetValidatableTypeInfo(item.GetType(), out var rules))
                continue;
            context.CurrentValidationPath = InputPath.Item(path, index);
            await rules.ValidateAsync(item, context, cancellationToken);
        }
        context.CurrentValidationPath = path;
    }
}
