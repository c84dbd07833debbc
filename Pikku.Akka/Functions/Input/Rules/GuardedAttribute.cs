using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>
/// Wraps an attribute that may throw. The engine would send the text of the exception to the client; here an exception counts as a failure of
/// the application.
/// </summary>
internal sealed class GuardedAttribute(ValidationAttribute rule) : ValidationAttribute
{
    // The engine recognizes [Required] by its class and evaluates it first.
    public static ValidationAttribute Around(ValidationAttribute rule) => rule is RequiredAttribute ? rule : new GuardedAttribute(rule);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        try
        {
            return rule.GetValidationResult(value, validationContext);
        }
        catch (RegexMatchTimeoutException)
        {
            // A pattern that does not finish in time refuses the text, because the client chose the text.
            return new ValidationResult(rule.FormatErrorMessage(validationContext.DisplayName));
        }
        catch (Exception failure)
        {
            RuleGuard.Of(validationContext).Keep(failure);
            return ValidationResult.Success;
        }
    }
}
