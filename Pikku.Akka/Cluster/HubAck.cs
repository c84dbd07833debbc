namespace Pikku.Akka.Cluster;

/// <summary>To the lane of another node: this node has delivered everything up to, and without, a sequence.</summary>
/// <param name="Node">The incarnation of the node that says so.</param>
/// <param name="Incarnation">The life of the lane whose numbers are meant; to a later life they mean nothing.</param>
/// <param name="Next">The sequence that is to be delivered next.</param>
internal sealed record HubAck(int Node, long Incarnation, long Next);
