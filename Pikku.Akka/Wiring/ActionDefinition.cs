namespace Pikku.Akka;

/// <summary>A function wired to one action, with the options of that wiring.</summary>
internal sealed record ActionDefinition(FunctionDescriptor Function)
{
    /// <summary>Whether the action needs a session; null to use the setting of the channel.</summary>
    public bool? Auth { get; init; }

    public PikkuPermissions Permissions { get; init; } = PikkuPermissions.None;

    public IReadOnlyList<PikkuMiddleware> Middleware { get; init; } = [];

    public static ActionDefinition Of(FunctionDescriptor function, bool? auth, PikkuPermissions? permissions, PikkuMiddleware[] middleware) =>
        new(function) { Auth = auth, Permissions = permissions ?? PikkuPermissions.None, Middleware = middleware };
}
