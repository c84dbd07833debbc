namespace Pikku.Akka.Cluster;

/// <summary>Acknowledges batches to the lane of another node: this node has delivered all batches before a sequence number.</summary>
/// <param name="Node">The incarnation of the node that acknowledges.</param>
/// <param name="Incarnation">The life of the lane that the sequence belongs to. A later life of the lane ignores the acknowledgement.</param>
/// <param name="Next">The sequence number of the next batch to deliver.</param>
internal sealed record HubAck(int Node, long Incarnation, long Next);
