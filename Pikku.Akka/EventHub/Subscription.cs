namespace Pikku.Akka.EventHub;

/// <summary>The subscriptions of one subscriber to one topic: the events for the client, handlers, or both.</summary>
/// <param name="subscriber">The subscriber.</param>
/// <param name="index">Its index among the subscribers of the topic.</param>
internal sealed class Subscription(IEventSubscriber subscriber, int index)
{
    public IEventSubscriber Subscriber { get; } = subscriber;

    /// <summary>Maintained by <see cref="TopicTable"/>, so that removing a subscription needs no search.</summary>
    public int Index { get; set; } = index;

    /// <summary>True when the events are sent to the client.</summary>
    public bool IsPlain { get; private set; }

    public IEventHandler[] Handlers { get; private set; } = [];

    /// <summary>The number of subscriptions: one for each handler, and one for the events for the client.</summary>
    public int Count => Handlers.Length + (IsPlain ? 1 : 0);

    /// <summary>True when the subscription exists; null stands for the events for the client.</summary>
    public bool Has(IEventHandler? handler) => handler is null ? IsPlain : Array.IndexOf(Handlers, handler) >= 0;

    /// <summary>Adds a subscription that does not exist yet; null stands for the events for the client.</summary>
    public void Add(IEventHandler? handler)
    {
        if (handler is null)
            IsPlain = true;
        else
            Handlers = [.. Handlers, handler];
    }

    public void Deliver(HubEvent hubEvent)
    {
        if (IsPlain)
            Subscriber.Deliver(hubEvent);
        foreach (var handler in Handlers)
            Subscriber.Deliver(hubEvent, handler);
    }
}
