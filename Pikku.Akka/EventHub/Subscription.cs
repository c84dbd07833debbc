using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The subscriptions of one subscriber to one topic. The application and the client own the events for the client independently: what one of them ends, the
/// other keeps, and the client receives each event once.
/// </summary>
/// <param name="subscriber">The subscriber.</param>
/// <param name="index">Its index among the subscribers of the topic.</param>
internal sealed class Subscription(IEventSubscriber subscriber, int index)
{
    public IEventSubscriber Subscriber { get; } = subscriber;

    /// <summary>Maintained by <see cref="TopicTable"/>, so that removing a subscription needs no search.</summary>
    public int Index { get; set; } = index;

    /// <summary>True when the application has subscribed the connection.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>True when the client has subscribed by itself.</summary>
    public bool IsOfClient { get; set; }

    /// <summary>
    /// True while a subscribe of the client waits (<see cref="WaitingSubscribes"/>). Its client gets no events of the topic: it will get them behind the reply.
    /// </summary>
    public bool IsSuspended { get; set; }

    public IEventHandler[] Handlers { get; private set; } = [];

    /// <summary>The number of subscriptions: one for each handler, one of the application and one of the client.</summary>
    public int Count => Handlers.Length + (IsPlain ? 1 : 0) + (IsOfClient ? 1 : 0);

    /// <summary>True when the subscription exists; null stands for the subscription of the application.</summary>
    public bool Has(IEventHandler? handler) => handler is null ? IsPlain : Array.IndexOf(Handlers, handler) >= 0;

    /// <summary>Adds a subscription that does not exist yet; null stands for the subscription of the application.</summary>
    public void Add(IEventHandler? handler)
    {
        if (handler is null)
            IsPlain = true;
        else
            Handlers = [.. Handlers, handler];
    }

    private bool IsForClient => (IsPlain || IsOfClient) && !IsSuspended;

    public void Deliver(HubEvent hubEvent)
    {
        if (IsForClient)
            Subscriber.Deliver(hubEvent);
        foreach (var handler in Handlers)
            Subscriber.Deliver(hubEvent, handler);
    }

    /// <summary>Delivers the number of an event that the subscriber does not get. It has no meaning for handlers.</summary>
    public void DeliverTick(HubEvent hubEvent)
    {
        if (IsForClient && Subscriber.KeepsPositions)
            Subscriber.DeliverTick(hubEvent);
    }

    /// <summary>Delivers the position of the topic.</summary>
    public void Refresh(EncodedMessage refresh)
    {
        if (IsForClient && Subscriber.KeepsPositions)
            Subscriber.Refresh(refresh);
    }
}
