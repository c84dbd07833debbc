namespace Pikku.Akka.Cluster;

/// <summary>The progress of a lane of a node, and the nodes that it receives heartbeats from.</summary>
/// <param name="Origin">The node, as in <see cref="HubBatch.Origin"/>.</param>
/// <param name="Incarnation">The life of the lane, as in <see cref="HubBatch.Incarnation"/>.</param>
/// <param name="Lane">The lane.</param>
/// <param name="Sequence">The number of its next batch.</param>
/// <param name="Heard">The incarnations of the nodes that it receives heartbeats or batches from.</param>
internal sealed record HubHeartbeat(int Origin, long Incarnation, int Lane, long Sequence, IReadOnlyCollection<int> Heard);
