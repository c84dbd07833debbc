namespace Pikku.Akka;

/// <summary>One function in one place, and what its wiring adds.</summary>
internal sealed record ActionDefinition(PikkuFunction Function)
{
    /// <summary>Whether it needs a session; null for what the channel says.</summary>
    public bool? Auth { get; init; }

    public PikkuPermissions Permissions { get; init; } = PikkuPermissions.None;

    public IReadOnlyList<PikkuMiddleware> Middleware { get; init; } = [];

    public static ActionDefinition Of(PikkuFunction function, bool? auth, PikkuPermissions? permissions, PikkuMiddleware[] middleware) =>
        new(function) { Auth = auth, Permissions = permissions ?? PikkuPermissions.None, Middleware = middleware };
}
