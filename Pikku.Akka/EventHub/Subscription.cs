namespace Pikku.Akka.EventHub;

/// <summary>What one subscriber wants of one topic: the event itself, handlers of it, or both.</summary>
/// <param name="subscriber">The subscriber.</param>
/// <param name="index">Its place among the subscribers of the topic.</param>
internal sealed class Subscription(IEventSubscriber subscriber, int index)
{
    public IEventSubscriber Subscriber { get; } = subscriber;

    /// <summary>Kept by <see cref="TopicTable"/>, so that removing one needs no search among the others.</summary>
    public int Index { get; set; } = index;

    /// <summary>True when the event goes out to the client.</summary>
    public bool IsPlain { get; private set; }

    public IEventHandler[] Handlers { get; private set; } = [];

    /// <summary>How many times <see cref="Add"/> was called for something new.</summary>
    public int Count => Handlers.Length + (IsPlain ? 1 : 0);

    /// <summary>True when it is there; null asks for the plain form.</summary>
    public bool Has(IEventHandler? handler) => handler is null ? IsPlain : Array.IndexOf(Handlers, handler) >= 0;

    /// <summary>Adds what is not there yet; null for the plain form.</summary>
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
