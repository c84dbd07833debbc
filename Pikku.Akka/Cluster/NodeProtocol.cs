using Akka.Actor;
using Akka.Event;

namespace Pikku.Akka.Cluster;

/// <summary>What the actor of a node is told on its own node.</summary>
internal static class NodeProtocol
{
    /// <summary>Send another node a message; nothing happens when it has gone.</summary>
    public sealed record Send(int Node, NodeFrame Message) : INoSerializationVerificationNeeded;

    /// <summary>Send another node a request, or all of them, this one excepted.</summary>
    /// <param name="Node">The node; null for all.</param>
    /// <param name="Message">The request.</param>
    /// <param name="Wait">Whose answers are waited for.</param>
    /// <param name="Done">Gets the answers, at the latest after <c>pikku.cluster.request-timeout</c>.</param>
    public sealed record Request(int? Node, NodeFrame Message, NodeWait Wait, TaskCompletionSource<NodeAnswers> Done) : INoSerializationVerificationNeeded;

    /// <summary>By its timer: see which answers are late, and which nodes are silent.</summary>
    public sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }
}
