namespace Pikku.Akka.Functions;

/// <summary>A permission, or a policy of ASP.NET Core, at its place.</summary>
/// <param name="permission">The permission.</param>
/// <param name="place">Where it is wired.</param>
internal sealed class PermissionGate(BoundPermission permission, GatePlace place)
    : Gate(permission.Permission.Policy is null ? GateKind.Permission : GateKind.Policy, place, permission.Permission.Description)
{
    public BoundPermission Permission => permission;

    /// <summary>The error when it refuses a call.</summary>
    /// <param name="label">The label of the action.</param>
    public ForbiddenError Refusal(string label) => new(Place switch
    {
        GatePlace.Application => $"The global permission {permission.Permission.Name} refused {label}.",
        GatePlace.Channel => $"The permission {permission.Permission.Name} of the channel refused {label}.",
        _ => $"The permission {permission.Permission.Name} refused {label}.",
    });
}
