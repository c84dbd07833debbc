using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Validation;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>The rules of one class, record or struct, including inherited ones.</summary>
/// <remarks>
/// Wraps the type of the engine for two reasons. The engine does not recognize the wrapper as a base type, so it does not report inherited
/// rules twice. And the wrapper corrects two defects for nested objects: the engine passes the outermost object to rules as their instance, and
/// it drops the path of results that <see cref="IValidatableObject"/> returns without a member name.
/// </remarks>
internal sealed class ObjectRules(Type type, IReadOnlyList<MemberRules> members) : IValidatableInfo
{
    private readonly TypeRules _rules = new(type, members);

    public async Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken)
    {
        if (value is null)
            return;
        var outer = context.ValidationContext;
        var path = context.CurrentValidationPath;
        var atTop = AtTop(context);
        context.ValidationContext = new ValidationContext(value, outer.DisplayName, RuleGuard.Of(outer), items: null);
        try
        {
            await _rules.ValidateAsync(value, context, cancellationToken);
        }
        finally
        {
            context.ValidationContext = outer;
        }
        if (path.Length > 0 && AtTop(context).Length > atTop.Length)
            Move(context.ValidationErrors!, atTop, path);
    }

    private static string[] AtTop(ValidateContext context) => context.ValidationErrors?.GetValueOrDefault("") ?? [];

    private static void Move(Dictionary<string, string[]> errors, string[] atTop, string path)
    {
        errors[path] = [.. errors.GetValueOrDefault(path) ?? [], .. errors[""][atTop.Length..]];
        if (atTop.Length > 0)
            errors[""] = atTop;
        else
            errors.Remove("");
    }
}
