namespace Pikku.Akka.Cluster;

/// <summary>How far a lane of a node has come, and which nodes it hears.</summary>
/// <param name="Origin">The node, as in <see cref="HubBatch.Origin"/>.</param>
/// <param name="Incarnation">The life of the lane, as in <see cref="HubBatch.Incarnation"/>.</param>
/// <param name="Lane">The lane.</param>
/// <param name="Sequence">The number of its next batch.</param>
/// <param name="Heard">The nodes that it hears.</param>
internal sealed record HubHeartbeat(int Origin, long Incarnation, int Lane, long Sequence, IReadOnlyCollection<int> Heard);
