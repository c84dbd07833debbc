namespace Pikku.Akka.Cluster;

/// <summary>The state of one lane between this node and the other nodes, a snapshot of its last change.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Sequence">The number of the next batch of this node.</param>
/// <param name="Dropped">The number of events that were not sent to another node, because it did not acknowledge earlier events or can't be reached.</param>
/// <param name="IsComplete">True while all reachable members with the status Up are linked in both directions.</param>
/// <param name="Peers">The other nodes.</param>
internal sealed record LinkState(int Lane, long Sequence, long Dropped, bool IsComplete, IReadOnlyList<PeerState> Peers);

/// <summary>The state of another node in one lane.</summary>
/// <param name="Node">The host and port of the node.</param>
/// <param name="Linked">True when both nodes receive the heartbeats of each other.</param>
/// <param name="Received">The number of the next batch of the node.</param>
/// <param name="Lost">The number of lost batches of the node.</param>
/// <param name="Waiting">The bytes that were received from the node and are not delivered to the outboxes of this node yet.</param>
/// <param name="Unacknowledged">The bytes that were sent to the node and that it has not acknowledged yet.</param>
/// <param name="Dropped">The number of events that were not sent to the node.</param>
internal sealed record PeerState(string Node, bool Linked, long Received, long Lost, long Waiting, long Unacknowledged, long Dropped);
