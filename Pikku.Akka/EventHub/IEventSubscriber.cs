namespace Pikku.Akka.EventHub;

/// <summary>The hub's view of a connection on this node: a port, so that the hub needs to know nothing of connections.</summary>
internal interface IEventSubscriber
{
    /// <summary>The id of the channel.</summary>
    string Id { get; }

    /// <summary>What the hub keeps with this subscriber; one object for its whole life.</summary>
    SubscriptionLedger Subscriptions { get; }

    /// <summary>Takes an event, at once and without waiting for anything. Called by one hub lane at a time for each topic.</summary>
    void Deliver(HubEvent hubEvent);

    /// <summary>Takes an event for a handler of the callback form, to be run in the connection's order.</summary>
    void Deliver(HubEvent hubEvent, IEventHandler handler);
}
