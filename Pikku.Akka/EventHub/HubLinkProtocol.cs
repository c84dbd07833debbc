using Akka.Actor;
using Akka.Event;

namespace Pikku.Akka.EventHub;

/// <summary>What a lane between nodes is told on its own node.</summary>
internal static class HubLinkProtocol
{
    /// <summary>Send what has gathered.</summary>
    public sealed record Flush : INoSerializationVerificationNeeded
    {
        public static Flush Instance { get; } = new();
    }

    /// <summary>By its timer: see whether a heartbeat is due.</summary>
    public sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>The lanes of the hub have delivered a batch of another node.</summary>
    public sealed record Delivered(HubDelivery Delivery) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
