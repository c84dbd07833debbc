using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace Pikku.Akka.Benchmarks.Compare.Trials;

/// <summary>Reads the runtime's counter of allocated bytes in another process, without changes to that process.</summary>
internal sealed class AllocationMeter : IDisposable
{
    // Seconds between two readings: short enough for several readings in a short run, long enough that reading costs little.
    private const double Interval = 0.5;

    private readonly ConcurrentQueue<Reading> _readings = new();
    private readonly EventPipeSession _session;
    private readonly Task _listening;

    private AllocationMeter(EventPipeSession session)
    {
        _session = session;
        _listening = Task.Run(Listen);
    }

    public static AllocationMeter Attach(int pid)
    {
        var arguments = new Dictionary<string, string> { ["EventCounterIntervalSec"] = Interval.ToString(CultureInfo.InvariantCulture) };
        var counters = new EventPipeProvider("System.Runtime", EventLevel.Informational, keywords: 0, arguments);
        return new AllocationMeter(new DiagnosticsClient(pid).StartEventPipeSession([counters], requestRundown: false));
    }

    /// <summary>Returns the median rate of the intervals within the window; null if no interval is valid.</summary>
    public double? BytesPerSecond(long fromUnixMs, long toUnixMs)
    {
        // A busy process polls its counters late. It then reports an interval of 0, or one that includes earlier intervals.
        var rates = _readings
            .Where(reading => reading.EndedUnixMs - reading.Seconds * 1000 >= fromUnixMs && reading.EndedUnixMs <= toUnixMs && reading.Bytes > 0)
            .Select(reading => reading.Bytes / reading.Seconds)
            .Order()
            .ToArray();
        return rates.Length == 0 ? null : rates[rates.Length / 2];
    }

    /// <summary>Ends the trace and waits until all events have been read.</summary>
    public void Stop()
    {
        _session.Stop();
        _listening.Wait();
    }

    public void Dispose() => _session.Dispose();

    private void Listen()
    {
        using var source = new EventPipeEventSource(_session.EventStream);
        source.Dynamic.All += OnEvent;
        source.Process();
    }

    // An EventCounters event has one value: a structure with one field Payload, which is a structure with the fields of the counter.
    private void OnEvent(TraceEvent traced)
    {
        if (traced.EventName == "EventCounters"
            && traced.PayloadValue(0) is IDictionary<string, object> outer
            && outer["Payload"] is IDictionary<string, object> counter
            && counter["Name"] is "alloc-rate")
        {
            _readings.Enqueue(new Reading(
                new DateTimeOffset(traced.TimeStamp).ToUnixTimeMilliseconds(),
                Convert.ToDouble(counter["IntervalSec"], CultureInfo.InvariantCulture),
                Convert.ToDouble(counter["Increment"], CultureInfo.InvariantCulture)));
        }
    }

    private readonly record struct Reading(long EndedUnixMs, double Seconds, double Bytes);
}
