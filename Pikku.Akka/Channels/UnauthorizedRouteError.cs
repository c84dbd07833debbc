namespace Pikku.Akka.Channels;

/// <summary>An action was called without the session that it needs. The client is told which one (D2).</summary>
internal sealed class UnauthorizedRouteError(string label)
    : PikkuException(nameof(UnauthorizedError), 401, $"Unauthorized for {label}");
