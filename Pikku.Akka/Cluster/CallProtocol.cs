using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Cluster;

/// <summary>What the actor of calls between nodes is told on its own node.</summary>
internal static class CallProtocol
{
    /// <summary>A call of this node has been encoded, and may be sent.</summary>
    /// <param name="Inbound">The message that waits for it.</param>
    /// <param name="Epoch">The epoch of the session that the call began with.</param>
    /// <param name="Call">The call.</param>
    public sealed record Encoded(InboundMessage Inbound, int Epoch, NodeFrame Call) : INoSerializationVerificationNeeded;

    /// <summary>A call of this node is not wanted any more.</summary>
    public sealed record Cancelled(RequestId Call) : INoSerializationVerificationNeeded;

    /// <summary>To the node that a call came from.</summary>
    public sealed record ToCaller(WorkerCall Call, NodeFrame Message) : INoSerializationVerificationNeeded;

    /// <summary>Take no more calls of other nodes; complete when those that run are over.</summary>
    public sealed record Drain(TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    /// <summary>The function of another node's call has run.</summary>
    public sealed record Finished(WorkerCall Call, NodeFrame Result) : INoSerializationVerificationNeeded;

    /// <summary>By its timer: see which calls were cancelled and are not answered.</summary>
    public sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }
}
