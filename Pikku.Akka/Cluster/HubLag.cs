using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Measures how long the events of other nodes take. The publishing node states when it published, by its own clock, because the round trip between two nodes does not show
/// how long a batch waits for a slow node or for a lost batch before it.
/// </summary>
/// <param name="metrics">Receives the measurements.</param>
/// <param name="clock">The clock of this node.</param>
internal sealed class HubLag(HubMetrics metrics, TimeProvider clock)
{
    /// <summary>The time as batches state it: microseconds since 1970.</summary>
    public static long TimeOf(TimeProvider clock) => (clock.GetUtcNow().Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Measures a batch that is delivered now.</summary>
    /// <param name="publishedAt">The time that the batch states; 0 for none.</param>
    public void Measure(long publishedAt)
    {
        if (publishedAt != 0 && metrics.MeasuresLag)
            metrics.Lagged(TimeSpan.FromMicroseconds(TimeOf(clock) - publishedAt));
    }
}
