using Akka.Actor;
using Akka.Event;

namespace Pikku.Akka.Cluster;

/// <summary>The messages that <see cref="JoinActor"/> receives from its own node.</summary>
internal static class JoinProtocol
{
    /// <summary>A node has sent a message to this node, which is not a member of a cluster yet.</summary>
    /// <param name="Node">The node, as host and port.</param>
    public sealed record Heard(string Node) : INoSerializationVerificationNeeded;

    /// <summary>The discovery has found these nodes.</summary>
    /// <param name="Nodes">The nodes, as host and port.</param>
    public sealed record Found(IReadOnlyCollection<string> Nodes) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>The discovery has failed.</summary>
    /// <param name="Reason">The message of the error.</param>
    public sealed record NotFound(string Reason) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>Sent by a timer: look for nodes.</summary>
    public sealed record Look : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Look Instance { get; } = new();
    }

    /// <summary>Sent by a timer: ask the nodes again, and decide.</summary>
    public sealed record Search : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Search Instance { get; } = new();
    }
}
