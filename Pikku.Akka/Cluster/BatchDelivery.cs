using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>A batch of another node on its way to the outboxes of this one.</summary>
/// <param name="peer">The node that published.</param>
/// <param name="sequence">The number of the batch.</param>
/// <param name="weight">What it takes, <see cref="HubBatch.Weight"/>.</param>
/// <param name="delivered">As <see cref="HubDelivery"/>.</param>
internal sealed class BatchDelivery(HubPeer peer, long sequence, long weight, Action<HubDelivery> delivered) : HubDelivery(delivered)
{
    public HubPeer Peer { get; } = peer;

    public long Sequence { get; } = sequence;

    public long Weight { get; } = weight;
}
