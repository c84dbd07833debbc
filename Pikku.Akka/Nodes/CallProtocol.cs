using Akka.Actor;

namespace Pikku.Akka.Nodes;

/// <summary>What the actor of calls between nodes is told on its own node.</summary>
internal static class CallProtocol
{
    /// <summary>A call of this node is not wanted any more.</summary>
    public sealed record Cancelled(long Call) : INoSerializationVerificationNeeded;

    /// <summary>To the node that a call came from.</summary>
    public sealed record ToCaller(WorkerCall Call, NodeMessage Message) : INoSerializationVerificationNeeded;

    /// <summary>Take no more calls of other nodes; complete when those that run are over.</summary>
    public sealed record Drain(TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    /// <summary>The function of another node's call has run.</summary>
    public sealed record Finished(WorkerCall Call, NodeMessage.Returned Result) : INoSerializationVerificationNeeded;
}
