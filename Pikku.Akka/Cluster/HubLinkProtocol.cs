using Akka.Actor;
using Akka.Event;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>The messages that <see cref="HubLinkActor"/> receives from its own node.</summary>
internal static class HubLinkProtocol
{
    /// <summary>An event of this node for all other nodes, in the order of its topic.</summary>
    /// <param name="Event">The event.</param>
    /// <param name="Call">Completed when the lane has accepted the event; null when the publisher does not wait for that.</param>
    public sealed record Published(HubEvent Event, PendingCall? Call) : INoSerializationVerificationNeeded;

    /// <summary>Send the events of the current batch.</summary>
    public sealed record Flush : INoSerializationVerificationNeeded
    {
        public static Flush Instance { get; } = new();
    }

    /// <summary>Sent by a timer: check whether a heartbeat is due.</summary>
    public sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>The lanes of the hub have delivered a batch of another node.</summary>
    public sealed record Delivered(BatchDelivery Delivery) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
