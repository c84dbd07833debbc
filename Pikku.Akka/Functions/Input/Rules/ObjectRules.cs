using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Validation;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>The rules of one class, record or struct, its inherited ones included.</summary>
/// <remarks>
/// Stands around the engine's type, first so that the engine does not find it again as a base type and tell everything twice; and to
/// mend two things that it does to nested objects: rules get the outermost object as their instance, and what
/// <see cref="IValidatableObject"/> says without a member's name loses its place.
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
