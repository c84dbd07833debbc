using Akka.Actor;

namespace Pikku.Akka.EventHub;

/// <summary>The messages that the lanes of the hub handle. They never leave the node.</summary>
internal static class HubProtocol
{
    /// <summary>A message whose completion a caller waits for.</summary>
    internal interface ICall : INoSerializationVerificationNeeded
    {
        PendingCall? Call { get; }
    }

    /// <summary>Subscribe a connection. Without a <paramref name="Handler"/> (null) the events are sent to its client.</summary>
    internal sealed record Subscribe(PendingCall Call, string Topic, TopicType Type, IEventSubscriber Subscriber, IEventHandler? Handler) : ICall;

    /// <summary>Change the subscription that a client made by itself.</summary>
    internal sealed record ChangeClient(PendingCall Call, IClientChange Change) : ICall;

    /// <summary>End all subscriptions of a subscriber to a topic, including its handlers.</summary>
    internal sealed record Unsubscribe(PendingCall Call, string Topic, IEventSubscriber Subscriber) : ICall;

    /// <summary>Deliver an event of this node to the local subscribers, and pass it to the transport.</summary>
    internal sealed record Publish(PendingCall Call, HubEvent Event) : ICall;

    /// <summary>Remove a subscriber from all topics of the lane. No caller waits for this.</summary>
    internal sealed record RemoveSubscriber(IEventSubscriber Subscriber) : INoSerializationVerificationNeeded;

    /// <summary>Deliver events of another node to the local subscribers, in this order.</summary>
    /// <param name="Events">The events.</param>
    /// <param name="Delivery">Notified when the events are in the outboxes; null when no notification is needed.</param>
    internal sealed record DeliverRemote(IReadOnlyList<HubEvent> Events, HubDelivery? Delivery) : INoSerializationVerificationNeeded;

    /// <summary>Sent by a lane to itself: continue to deliver the events of other nodes.</summary>
    internal sealed record ContinueRemote : INoSerializationVerificationNeeded
    {
        public static ContinueRemote Instance { get; } = new();
    }
}
