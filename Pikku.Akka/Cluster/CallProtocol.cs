using Akka.Actor;
using Akka.Event;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Cluster;

/// <summary>The messages that <see cref="CallsActor"/> receives from its own node.</summary>
internal static class CallProtocol
{
    /// <summary>A call of this node has been encoded and can be sent.</summary>
    /// <param name="Inbound">The message of the client that waits for the result.</param>
    /// <param name="Epoch">The epoch of the session at the beginning of the call.</param>
    /// <param name="Call">The encoded call.</param>
    public sealed record Encoded(InboundMessage Inbound, int Epoch, NodeFrame Call) : INoSerializationVerificationNeeded;

    /// <summary>A call of this node was cancelled.</summary>
    public sealed record Cancelled(RequestId Call) : INoSerializationVerificationNeeded;

    /// <summary>Send a message to the node that a call came from.</summary>
    public sealed record ToCaller(WorkerCall Call, NodeFrame Message) : INoSerializationVerificationNeeded;

    /// <summary>Accept no more calls of other nodes, and complete the task when the running calls have ended.</summary>
    public sealed record Drain(TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    /// <summary>The function of another node's call has run.</summary>
    public sealed record Finished(WorkerCall Call, NodeFrame Result) : INoSerializationVerificationNeeded;

    /// <summary>Sent by a timer: end the streams of other nodes, because this node drains and they have not ended by themselves.</summary>
    public sealed record EndStreams : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static EndStreams Instance { get; } = new();
    }

    /// <summary>Sent by a timer: check for cancelled calls that were not answered.</summary>
    public sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }
}
