namespace Pikku.Akka.Cluster;

/// <summary>An action that <see cref="HubLinkState"/> requests. Actions are carried out in order.</summary>
/// <param name="Peer">The node that the action refers to.</param>
internal abstract record HubLinkOutput(HubPeer Peer)
{
    /// <summary>Send a <see cref="HubBatch"/> or a <see cref="HubHeartbeat"/> to the node.</summary>
    public sealed record Send(HubPeer Peer, object Message) : HubLinkOutput(Peer);

    /// <summary>Send an acknowledgement to the lane of the node.</summary>
    public sealed record Acknowledge(HubPeer Peer, HubAck Ack) : HubLinkOutput(Peer);

    /// <summary>Deliver a batch of the node to the subscribers of this node.</summary>
    public sealed record Deliver(HubPeer Peer, HubBatch Batch, BatchDelivery Delivery) : HubLinkOutput(Peer);

    /// <summary>Batches of the node are missing: publish an <see cref="EventHubGap"/> on this node.</summary>
    public sealed record Gap(HubPeer Peer, long Missing) : HubLinkOutput(Peer);

    /// <summary>Events were dropped because they could not be sent to the node.</summary>
    /// <param name="Peer">The node.</param>
    /// <param name="Events">The number of dropped events.</param>
    /// <param name="IsFirst">True when the events before these were sent to the node.</param>
    public sealed record Drop(HubPeer Peer, int Events, bool IsFirst) : HubLinkOutput(Peer);

    /// <summary>Events are sent to the node again.</summary>
    /// <param name="Peer">The node.</param>
    /// <param name="Dropped">The number of events that were dropped before.</param>
    public sealed record Resume(HubPeer Peer, long Dropped) : HubLinkOutput(Peer);
}
