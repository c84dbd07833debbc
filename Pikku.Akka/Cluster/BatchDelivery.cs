using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>The delivery of a batch of another node to the outboxes of this node.</summary>
/// <param name="peer">The node that published.</param>
/// <param name="sequence">The number of the batch.</param>
/// <param name="weight">The memory that the batch uses, <see cref="HubBatch.Weight"/>.</param>
/// <param name="delivered">Called once, from any thread, when the batch is delivered.</param>
internal sealed class BatchDelivery(HubPeer peer, long sequence, long weight, Action<HubDelivery> delivered) : HubDelivery(delivered)
{
    public HubPeer Peer { get; } = peer;

    public long Sequence { get; } = sequence;

    public long Weight { get; } = weight;
}
