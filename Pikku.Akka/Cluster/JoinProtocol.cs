using Akka.Actor;
using Akka.Event;

namespace Pikku.Akka.Cluster;

/// <summary>The messages that <see cref="JoinActor"/> receives from its own node.</summary>
internal static class JoinProtocol
{
    /// <summary>A node has sent a message to this node, which is not a member of a cluster yet.</summary>
    /// <param name="Node">The node, as host and port.</param>
    public sealed record Heard(string Node) : INoSerializationVerificationNeeded;

    /// <summary>Sent by a timer: ask the nodes again, and decide.</summary>
    public sealed record Search : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Search Instance { get; } = new();
    }
}
