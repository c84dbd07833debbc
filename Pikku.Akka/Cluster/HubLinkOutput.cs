namespace Pikku.Akka.Cluster;

/// <summary>What <see cref="HubLinkState"/> wants done, in this order.</summary>
/// <param name="Peer">The node that it is about.</param>
internal abstract record HubLinkOutput(HubPeer Peer)
{
    /// <summary>Send the node a <see cref="HubBatch"/> or a <see cref="HubHeartbeat"/>.</summary>
    public sealed record Send(HubPeer Peer, object Message) : HubLinkOutput(Peer);

    /// <summary>Send an acknowledgement to the lane of the node.</summary>
    public sealed record Acknowledge(HubPeer Peer, HubAck Ack) : HubLinkOutput(Peer);

    /// <summary>Deliver a batch of the node to the subscribers here.</summary>
    public sealed record Deliver(HubPeer Peer, HubBatch Batch, BatchDelivery Delivery) : HubLinkOutput(Peer);

    /// <summary>Batches of the node are missing: tell the channels that want to know it.</summary>
    public sealed record Gap(HubPeer Peer, long Missing) : HubLinkOutput(Peer);

    /// <summary>Events were dropped instead of being sent to the node.</summary>
    /// <param name="Peer">The node.</param>
    /// <param name="Events">How many.</param>
    /// <param name="IsFirst">True when the node took the events before these.</param>
    public sealed record Drop(HubPeer Peer, int Events, bool IsFirst) : HubLinkOutput(Peer);

    /// <summary>The node takes events again.</summary>
    /// <param name="Peer">The node.</param>
    /// <param name="Dropped">How many were dropped before.</param>
    public sealed record Resume(HubPeer Peer, long Dropped) : HubLinkOutput(Peer);
}
