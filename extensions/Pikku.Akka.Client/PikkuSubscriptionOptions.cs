namespace Pikku.Akka.Clients;

/// <summary>Callbacks that report what happens to a subscription. They run like handlers and must not block.</summary>
public sealed record PikkuSubscriptionOptions
{
    /// <summary>The subscription is in force: from now on, each event arrives. Called again after each reconnect.</summary>
    public Action? OnSubscribed { get; init; }

    /// <summary>
    /// Events were missed and cannot be replayed; the subscription goes on with the events that follow. Called before <see cref="OnSubscribed"/>. On a topic
    /// without history, this happens with each reconnect. Default: <see cref="PikkuOptions.OnError"/>, except on a topic without history.
    /// </summary>
    public Action<PikkuEventsLostException>? OnLost { get; init; }

    /// <summary>The server has refused the subscription, and the handler was removed. Default: <see cref="PikkuOptions.OnError"/>.</summary>
    public Action<PikkuException>? OnDenied { get; init; }

    /// <summary>The server has ended the subscription, for example because the user has lost the permission, and the handler was
    /// removed. Default: <see cref="PikkuOptions.OnError"/>.</summary>
    public Action<PikkuException>? OnEnded { get; init; }
}
