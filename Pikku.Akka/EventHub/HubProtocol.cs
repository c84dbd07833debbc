using Akka.Actor;

namespace Pikku.Akka.EventHub;

/// <summary>What the lanes of the hub understand. None of it leaves the node.</summary>
internal static class HubProtocol
{
    /// <summary>Something that a caller waits for.</summary>
    internal interface ICall : INoSerializationVerificationNeeded
    {
        PendingCall? Call { get; }
    }

    /// <summary>Subscribe; a null <paramref name="Handler"/> is the plain form, which sends the event to the client.</summary>
    internal sealed record Subscribe(PendingCall Call, string Topic, TopicType Type, IEventSubscriber Subscriber, IEventHandler? Handler) : ICall;

    /// <summary>End what a subscriber wants of a topic, handlers included.</summary>
    internal sealed record Unsubscribe(PendingCall Call, string Topic, IEventSubscriber Subscriber) : ICall;

    /// <summary>Deliver an event of this node here, and give it to the transport.</summary>
    internal sealed record Publish(PendingCall Call, HubEvent Event) : ICall;

    /// <summary>Forget a subscriber. Nobody waits for it.</summary>
    internal sealed record RemoveSubscriber(IEventSubscriber Subscriber) : INoSerializationVerificationNeeded;

    /// <summary>Deliver events of another node here, in this order.</summary>
    /// <param name="Events">The events.</param>
    /// <param name="Delivery">Is told when they are in the outboxes; null when nobody asks.</param>
    internal sealed record DeliverRemote(IReadOnlyList<HubEvent> Events, HubDelivery? Delivery) : INoSerializationVerificationNeeded;

    /// <summary>By a lane to itself: go on with the events of other nodes.</summary>
    internal sealed record ContinueRemote : INoSerializationVerificationNeeded
    {
        public static ContinueRemote Instance { get; } = new();
    }
}
