namespace Pikku.Akka.Clients;

/// <summary>The status of the state that <see cref="PikkuLive{TState, TEvent}"/> holds.</summary>
public enum PikkuLiveStatus
{
    /// <summary>The state has not arrived yet.</summary>
    Loading,

    /// <summary>The state is current, and events change it.</summary>
    Live,

    /// <summary>The last known state: there is no connection, or the state is being loaded again, for example because an event could not be applied.</summary>
    Stale,

    /// <summary>The server has refused or ended the subscription, the object was disposed, or the route has closed. In the last case,
    /// <see cref="PikkuRoute.ConnectAsync"/> revives it.</summary>
    Closed,
}
