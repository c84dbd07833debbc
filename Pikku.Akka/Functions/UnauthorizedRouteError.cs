namespace Pikku.Akka.Functions;

/// <summary>The error for an action that was called without a session although it requires one. Its message contains the route of the action (D2).</summary>
internal sealed class UnauthorizedRouteError(string label)
    : PikkuException(nameof(UnauthorizedError), 401, $"Unauthorized for {label}");
