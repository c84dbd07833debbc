using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>
/// Stands around an attribute that may throw. The engine would send the text of the exception to the client; it is a failure of the
/// application and treated as one.
/// </summary>
internal sealed class GuardedAttribute(ValidationAttribute rule) : ValidationAttribute
{
    // The engine knows [Required] by its class, and asks it first.
    public static ValidationAttribute Around(ValidationAttribute rule) => rule is RequiredAttribute ? rule : new GuardedAttribute(rule);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        try
        {
            return rule.GetValidationResult(value, validationContext);
        }
        catch (RegexMatchTimeoutException)
        {
            // What the pattern can't decide in time is refused: the client chose the text.
            return new ValidationResult(rule.FormatErrorMessage(validationContext.DisplayName));
        }
        catch (Exception failure)
        {
            RuleGuard.Of(validationContext).Keep(failure);
            return ValidationResult.Success;
        }
    }
}
