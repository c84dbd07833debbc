namespace Pikku.Akka;

/// <summary>When a publish completes (rule P7).</summary>
public enum EventDurability
{
    /// <summary>When the subscribers of this node have the event in their outboxes. An event that no other node has yet ends with this node.</summary>
    Local,

    /// <summary>
    /// When at least one other ready node has delivered the event as well; at once on a node that stands alone. It then survives every failure in which one node
    /// that had it survives. The publish fails with <see cref="EventHubErrorReason.Unavailable"/> after <c>pikku.cluster.request-timeout</c>, and the event may
    /// then have been delivered.
    /// </summary>
    Replicated,
}
