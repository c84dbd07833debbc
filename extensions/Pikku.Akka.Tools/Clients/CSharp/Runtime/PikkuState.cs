namespace Pikku.Clients;

/// <summary>What a route is doing.</summary>
public enum PikkuState
{
    /// <summary>Nothing yet.</summary>
    Idle,

    /// <summary>It makes a connection, <see cref="PikkuOptions.OnOpen"/> included.</summary>
    Connecting,

    /// <summary>It is ready.</summary>
    Open,

    /// <summary>It waits before it tries again.</summary>
    Waiting,

    /// <summary>Nothing any more; <see cref="PikkuRoute.ConnectAsync"/> or a message begins anew, unless the client closed it.</summary>
    Closed,
}
