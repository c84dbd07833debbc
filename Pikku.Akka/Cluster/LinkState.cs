namespace Pikku.Akka.Cluster;

/// <summary>One lane between this node and the others, as it was when it last changed.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Sequence">The number of the next batch of this node.</param>
/// <param name="Dropped">Events of this node that were not sent to one of the others, because it did not acknowledge those before them or can't be reached.</param>
/// <param name="IsComplete">True while every full member that can be reached is linked in both directions.</param>
/// <param name="Peers">The other nodes.</param>
internal sealed record LinkState(int Lane, long Sequence, long Dropped, bool IsComplete, IReadOnlyList<PeerState> Peers);

/// <summary>Another node in one lane.</summary>
/// <param name="Node">Its host and port.</param>
/// <param name="Linked">True when each hears the other.</param>
/// <param name="Received">The number of its next batch.</param>
/// <param name="Lost">Batches of it that never came.</param>
/// <param name="Waiting">Bytes of it that came and are not delivered to the outboxes of this node yet.</param>
/// <param name="Unacknowledged">Bytes that were sent to it and that it has not delivered yet.</param>
/// <param name="Dropped">Events that were not sent to it.</param>
internal sealed record PeerState(string Node, bool Linked, long Received, long Lost, long Waiting, long Unacknowledged, long Dropped);
