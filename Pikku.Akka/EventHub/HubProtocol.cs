using Akka.Actor;

namespace Pikku.Akka.EventHub;

/// <summary>What the lanes of the hub understand, and what they tell the transport. None of it leaves the node.</summary>
internal static class HubProtocol
{
    /// <summary>Something that a caller waits for.</summary>
    internal interface ICall : INoSerializationVerificationNeeded
    {
        HubCall Call { get; }
    }

    /// <summary>Subscribe; a null <paramref name="Handler"/> is the plain form, which sends the event to the client.</summary>
    internal sealed record Subscribe(HubCall Call, string Topic, IEventSubscriber Subscriber, IEventHandler? Handler) : ICall;

    /// <summary>End what a subscriber wants of a topic, handlers included.</summary>
    internal sealed record Unsubscribe(HubCall Call, string Topic, IEventSubscriber Subscriber) : ICall;

    /// <summary>Deliver an event of this node here, and give it to the transport.</summary>
    internal sealed record Publish(HubCall Call, HubEvent Event) : ICall;

    /// <summary>Forget a subscriber. Nobody waits for it.</summary>
    internal sealed record RemoveSubscriber(IEventSubscriber Subscriber) : INoSerializationVerificationNeeded;

    /// <summary>Deliver events of another node here, in this order.</summary>
    internal sealed record DeliverRemote(IReadOnlyList<HubEvent> Events) : INoSerializationVerificationNeeded;

    /// <summary>To the transport: an event of this node, for all others. In the order of each topic.</summary>
    internal sealed record Published(HubEvent Event) : INoSerializationVerificationNeeded;
}
