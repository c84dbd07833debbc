namespace Pikku.Akka.Cluster;

/// <summary>
/// Looks for another cluster where there should be one: a seed that was restarted and that nobody answered begins a cluster of its own, and Akka
/// never joins two clusters. Nodes are named by host and port. Not thread-safe: the actor owns it.
/// </summary>
/// <param name="seeds"><c>pikku.cluster.seeds</c>.</param>
internal sealed class SeedWatch(IReadOnlyList<string> seeds)
{
    /// <summary>What a seed that has just started needs to become a member.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    /// <summary>A seed that is gone for good costs one attempt to connect, and a line of Akka's in the log, in this time.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private TimeSpan _pause = FirstPause;
    private long? _next;

    /// <summary>For how long another cluster is remembered that is not heard of any more.</summary>
    public static TimeSpan Memory { get; } = 3 * LongestPause;

    /// <summary>The seeds that are to be greeted now: those that are no members, at growing intervals.</summary>
    /// <param name="now">The time in milliseconds.</param>
    /// <param name="members">All members that this node knows.</param>
    public IReadOnlyList<string> Due(long now, IReadOnlyCollection<string> members)
    {
        _next ??= now + (long)FirstPause.TotalMilliseconds;
        if (now < _next)
            return [];
        string[] missing = [.. seeds.Except(members, StringComparer.Ordinal)];
        _pause = missing.Length == 0 ? FirstPause : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks));
        _next = now + (long)_pause.TotalMilliseconds;
        return missing;
    }

    /// <summary>
    /// True when neither of two nodes is a member for the other one. One that is still a member for the other was cut off, and the cluster sees to it.
    /// </summary>
    public static bool IsAnotherCluster(string other, IReadOnlyCollection<string> others, string self, IReadOnlyCollection<string> members) =>
        !members.Contains(other, StringComparer.Ordinal) && !others.Contains(self, StringComparer.Ordinal);

    /// <summary>True when the cluster of this node has to give way: the smaller one, or of two equal ones that without the lowest address.</summary>
    public static bool Yields(IReadOnlyCollection<string> members, IReadOnlyCollection<string> others) =>
        members.Count != others.Count
            ? members.Count < others.Count
            : string.CompareOrdinal(members.Min(StringComparer.Ordinal), others.Min(StringComparer.Ordinal)) > 0;
}
