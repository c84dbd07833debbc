using Akka.Actor;

namespace Pikku.Akka.EventHub;

/// <summary>
/// A batch of another node on its way to the outboxes of this one. The lanes of the hub deliver their parts of it in parallel; whichever
/// is the last one tells the lane between the nodes, which acknowledges the batch only then.
/// </summary>
/// <param name="link">The lane between the nodes.</param>
/// <param name="peer">The node that published.</param>
/// <param name="sequence">The number of the batch.</param>
/// <param name="weight">What it takes, <see cref="HubBatch.Weight"/>.</param>
internal sealed class HubDelivery(IActorRef link, HubPeer peer, long sequence, long weight)
{
    // One for whoever hands the parts out, so that the batch is not complete before the last part is known.
    private int _parts = 1;

    public HubPeer Peer { get; } = peer;

    public long Sequence { get; } = sequence;

    public long Weight { get; } = weight;

    /// <summary>True when no part is left.</summary>
    public bool IsComplete => Volatile.Read(ref _parts) == 0;

    /// <summary>One more lane gets a part. Called before it is told.</summary>
    public void AddPart() => Interlocked.Increment(ref _parts);

    /// <summary>A part was delivered, or there is nobody to deliver it to. From any thread.</summary>
    public void EndPart()
    {
        if (Interlocked.Decrement(ref _parts) == 0)
            link.Tell(new HubLinkProtocol.Delivered(this), ActorRefs.NoSender);
    }
}
