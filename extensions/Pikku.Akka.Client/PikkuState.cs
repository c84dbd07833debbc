namespace Pikku.Akka.Clients;

/// <summary>The state of a route.</summary>
public enum PikkuState
{
    /// <summary>The route has not been used.</summary>
    Idle,

    /// <summary>The route is connecting; this includes <see cref="PikkuOptions.OnOpen"/>.</summary>
    Connecting,

    /// <summary>The route is connected and ready.</summary>
    Open,

    /// <summary>The route waits before the next attempt.</summary>
    Waiting,

    /// <summary>The route makes no attempts. <see cref="PikkuRoute.ConnectAsync"/> or a message connects it again, unless the
    /// client closed it.</summary>
    Closed,
}
