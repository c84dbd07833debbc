using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Replication;

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

    /// <summary>Read what the lane knows.</summary>
    internal sealed record Read(PendingCall Call, Action<TopicTable, LaneHistory> Into) : ICall;

    /// <summary>Deliver an event of this node to the local subscribers, and send it to the other nodes.</summary>
    internal sealed record Publish(PendingCall Call, HubEvent Event) : ICall;

    /// <summary>Deliver an event of the hub itself to the subscribers of this node only.</summary>
    internal sealed record Announce(HubEvent Event) : INoSerializationVerificationNeeded;

    /// <summary>Remove a subscriber from all topics of the lane. No caller waits for this.</summary>
    internal sealed record RemoveSubscriber(IEventSubscriber Subscriber) : INoSerializationVerificationNeeded;

    /// <summary>Events for a subscriber were dropped, because it had no room. No caller waits for this.</summary>
    internal sealed record EventsDropped(IEventSubscriber Subscriber) : INoSerializationVerificationNeeded;

    /// <summary>A message of the same lane of another node.</summary>
    internal sealed record FromNode(int Sender, LaneMessage Message) : INoSerializationVerificationNeeded;

    /// <summary>A node is a member; see <see cref="Lane.SetMember"/>.</summary>
    internal sealed record MemberChanged(int Node, string Name, long Age) : INoSerializationVerificationNeeded;

    /// <summary>A member was removed.</summary>
    internal sealed record MemberRemoved(int Node) : INoSerializationVerificationNeeded;

    /// <summary>A member can or can't be reached.</summary>
    internal sealed record ReachabilityChanged(int Node, bool IsReachable) : INoSerializationVerificationNeeded;

    /// <summary>A member runs another major version; see <see cref="Lane.SetForeign"/>.</summary>
    internal sealed record MemberForeign(int Node) : INoSerializationVerificationNeeded;

    /// <summary>Sent by a lane to itself: continue to deliver the events of other nodes.</summary>
    internal sealed record ContinueRemote : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static ContinueRemote Instance { get; } = new();
    }

    /// <summary>Sent by a lane to itself: send the open batch, behind the messages that already wait.</summary>
    internal sealed record Flush : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Flush Instance { get; } = new();
    }

    /// <summary>Sent by a timer.</summary>
    internal sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }
}
