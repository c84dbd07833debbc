using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>A connection of this node as the hub uses it. The interface is a port: it makes the hub independent of the folder of the connections.</summary>
internal interface IEventSubscriber
{
    /// <summary>The id of the channel.</summary>
    string Id { get; }

    /// <summary>The ledger that the hub keeps for this subscriber: one object for its whole life.</summary>
    SubscriptionLedger Subscriptions { get; }

    /// <summary>Accepts an event without blocking. Only one lane of the hub calls it for a topic.</summary>
    void Deliver(HubEvent hubEvent);

    /// <summary>Accepts an event for a handler, which runs in the order of the connection.</summary>
    void Deliver(HubEvent hubEvent, IEventHandler handler);

    /// <summary>True when the receiver keeps positions: a client on <c>pikku.v1</c>, or an event stream.</summary>
    bool KeepsPositions => false;

    /// <summary>True when a <see cref="Refresh"/> has room, after events were dropped because there was none.</summary>
    bool HasRoom => true;

    /// <summary>Accepts the number of an event that the receiver does not get (rule P3).</summary>
    void DeliverTick(HubEvent hubEvent) { }

    /// <summary>Accepts the position of a topic, which shows the receiver what it has missed (rule P3).</summary>
    void Refresh(EncodedMessage refresh) { }

    /// <summary>Called when the application has ended the subscription that the client made by itself, in the turn of the lane: no event follows.</summary>
    void ClientSubscriptionEnded(string topic);
}
