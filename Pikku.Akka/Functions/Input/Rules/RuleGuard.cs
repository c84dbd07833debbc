using System.ComponentModel.DataAnnotations;
using System.Runtime.ExceptionServices;

namespace Pikku.Akka.Functions.Input.Rules;

/// <summary>
/// The services of one validation, with the first exception that a rule threw. The exception is kept here because the engine passes only the
/// service provider to every rule unchanged.
/// </summary>
internal sealed class RuleGuard(IServiceProvider services) : IServiceProvider
{
    private ExceptionDispatchInfo? _failure;

    public static RuleGuard Of(ValidationContext context) => (RuleGuard)context.GetService(typeof(RuleGuard))!;

    public object? GetService(Type serviceType) => serviceType == typeof(RuleGuard) ? this : services.GetService(serviceType);

    public void Keep(Exception failure) => _failure ??= ExceptionDispatchInfo.Capture(failure);

    public void Rethrow() => _failure?.Throw();
}
