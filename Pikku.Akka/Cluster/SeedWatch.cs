namespace Pikku.Akka.Cluster;

/// <summary>
/// Detects a second cluster: a restarted seed that receives no answer forms a new cluster, and Akka never merges two clusters. Nodes are named by host and port.
/// Not thread-safe: the actor owns it.
/// </summary>
/// <param name="seeds">The setting <c>pikku.cluster.seeds</c>.</param>
internal sealed class SeedWatch(IReadOnlyCollection<string> seeds)
{
    /// <summary>The time that a seed needs to become a member after its start.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    /// <summary>A seed that has left permanently causes one connection attempt, and one log line of Akka, in each of these intervals.</summary>
    public static TimeSpan LongestPause { get; } = TimeSpan.FromMinutes(1);

    private TimeSpan _pause = FirstPause;
    private long? _next;

    /// <summary>The time after which another cluster that sends no more greetings is forgotten.</summary>
    public static TimeSpan Memory { get; } = 3 * LongestPause;

    /// <summary>The nodes that may belong to another cluster: the seeds, or the nodes that were discovered last.</summary>
    public IReadOnlyCollection<string> Seeds { get; set; } = seeds;

    /// <summary>The seeds to greet now: the seeds that are not members, at increasing intervals.</summary>
    /// <param name="now">The current time in milliseconds.</param>
    /// <param name="members">All members that this node knows.</param>
    public IReadOnlyList<string> Due(long now, IReadOnlyCollection<string> members)
    {
        _next ??= now + (long)FirstPause.TotalMilliseconds;
        if (now < _next)
            return [];
        string[] missing = [.. Seeds.Except(members, StringComparer.Ordinal)];
        _pause = missing.Length == 0 ? FirstPause : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks));
        _next = now + (long)_pause.TotalMilliseconds;
        return missing;
    }

    /// <summary>
    /// True when neither of two nodes is a member in the view of the other. If one still is, the link between them is interrupted, which the cluster itself resolves.
    /// </summary>
    public static bool IsAnotherCluster(string other, IReadOnlyCollection<string> others, string self, IReadOnlyCollection<string> members) =>
        !members.Contains(other, StringComparer.Ordinal) && !others.Contains(self, StringComparer.Ordinal);

    /// <summary>True when the cluster of this node has to yield: the smaller cluster yields, and of two clusters with the same size the one without the lowest address.</summary>
    public static bool Yields(IReadOnlyCollection<string> members, IReadOnlyCollection<string> others) =>
        members.Count != others.Count
            ? members.Count < others.Count
            : string.CompareOrdinal(members.Min(StringComparer.Ordinal), others.Min(StringComparer.Ordinal)) > 0;
}
