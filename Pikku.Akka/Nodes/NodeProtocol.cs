using Akka.Actor;
using Akka.Event;

namespace Pikku.Akka.Nodes;

/// <summary>What the actor of a node is told on its own node.</summary>
internal static class NodeProtocol
{
    /// <summary>Tell another node something; nothing happens when it has gone.</summary>
    public sealed record Tell(int Node, NodeMessage Message) : INoSerializationVerificationNeeded;

    /// <summary>Ask another node, or all of them, this one excepted.</summary>
    /// <param name="Node">The node; null for all.</param>
    /// <param name="Message">The question.</param>
    /// <param name="Done">Gets the answers, those of nodes that went in the meantime excepted; fails when one is late.</param>
    public sealed record Ask(int? Node, NodeMessage Message, TaskCompletionSource<IReadOnlyList<NodeMessage.Answer>> Done)
        : INoSerializationVerificationNeeded;

    /// <summary>By its timer: see which answers are late.</summary>
    public sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }
}
