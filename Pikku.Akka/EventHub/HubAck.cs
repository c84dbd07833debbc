namespace Pikku.Akka.EventHub;

/// <summary>To the lane of another node: this node has got everything up to, and without, a sequence.</summary>
/// <param name="Node">The incarnation of the node that says so.</param>
/// <param name="Next">The sequence that it waits for.</param>
internal sealed record HubAck(int Node, long Next);
