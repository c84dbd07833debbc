using Akka.Actor;
using Akka.Event;

namespace Pikku.Akka.Cluster;

/// <summary>The messages that <see cref="NodeActor"/> receives from its own node.</summary>
internal static class NodeProtocol
{
    /// <summary>Send a message to another node; does nothing when the node has left.</summary>
    public sealed record Send(int Node, NodeFrame Message) : INoSerializationVerificationNeeded;

    /// <summary>Send a request to one other node or to all other nodes.</summary>
    /// <param name="Node">The node; null for all other nodes.</param>
    /// <param name="Message">The request.</param>
    /// <param name="Wait">The nodes whose answers are waited for.</param>
    /// <param name="Done">Receives the answers, at the latest after <c>pikku.cluster.request-timeout</c>.</param>
    public sealed record Request(int? Node, NodeFrame Message, NodeWait Wait, TaskCompletionSource<NodeAnswers> Done) : INoSerializationVerificationNeeded;

    /// <summary>Sent by a timer: check for requests that have timed out and for silent nodes.</summary>
    public sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }
}
