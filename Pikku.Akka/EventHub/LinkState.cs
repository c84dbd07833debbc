namespace Pikku.Akka.EventHub;

/// <summary>One lane between this node and the others, as it was when it last changed.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Sequence">The number of the next batch of this node.</param>
/// <param name="Dropped">Events of this node that were not sent, because others did not acknowledge those before them.</param>
/// <param name="IsComplete">True while every full member that can be reached is linked in both directions.</param>
/// <param name="Peers">The other nodes.</param>
internal sealed record LinkState(int Lane, long Sequence, long Dropped, bool IsComplete, IReadOnlyList<PeerState> Peers);

/// <summary>Another node in one lane.</summary>
/// <param name="Node">Its host and port.</param>
/// <param name="Linked">True when each hears the other.</param>
/// <param name="Received">The number of its next batch.</param>
/// <param name="Lost">Batches of it that never came.</param>
internal sealed record PeerState(string Node, bool Linked, long Received, long Lost);
