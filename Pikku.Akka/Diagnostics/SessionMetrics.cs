using System.Diagnostics.Metrics;

namespace Pikku.Akka.Diagnostics;

/// <summary>The counters of the session store, on the meter <c>Pikku.Akka</c>.</summary>
internal sealed class SessionMetrics
{
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _failures;

    public SessionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(PikkuMetrics.MeterName);
        _dropped = meter.CreateCounter<long>("pikku.session.dropped", "{session}", "Stored sessions that were dropped to make room for others");
        _failures = meter.CreateCounter<long>("pikku.session.cache_failures", "{operation}", "Operations of the distributed cache that failed or timed out, by operation");
    }

    public void Dropped(int sessions) => _dropped.Add(sessions);

    public void CacheFailed(string operation) => _failures.Add(1, new KeyValuePair<string, object?>("operation", operation));
}
