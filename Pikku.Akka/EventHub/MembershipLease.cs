namespace Pikku.Akka.EventHub;

/// <summary>
/// Whether this node may act as a member of its cluster: accept connections and acknowledge publishes. A node of a cluster may do so for
/// <c>pikku.cluster.isolation-timeout</c> after it had contact with a majority of the members; a single node always may. The lease is a time and not a flag,
/// because a process that was frozen must not act on what it knew before. Thread-safe.
/// </summary>
/// <param name="clock">The clock that the lease is compared with.</param>
internal sealed class MembershipLease(TimeProvider clock)
{
    private const long Unlimited = long.MaxValue;

    private long _until = Unlimited;

    /// <summary>True while the node may act as a member.</summary>
    public bool IsHeld => Volatile.Read(ref _until) is var until && (until == Unlimited || clock.GetTimestamp() < until);

    /// <summary>The reason why the node does not act as a member, for a log, an operator or a publisher.</summary>
    public static string Refusal =>
        "The node has had no contact with a majority of its cluster for pikku.cluster.isolation-timeout: it was frozen, or its network is interrupted. Until it has contact again, it accepts no connections and no publishes.";

    /// <summary>Sets the remaining time of the lease.</summary>
    /// <param name="left">The time from now on, which may be negative; null for no limit.</param>
    public void Extend(TimeSpan? left) => Volatile.Write(
        ref _until, left is { } time ? clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency) : Unlimited);
}
