using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.Inspection;

/// <summary>
/// Counts the load of this node from its own instruments. It listens only while somebody looks at the console, and for some seconds after that, so that a node that nobody looks
/// at pays nothing. Thread-safe.
/// </summary>
internal sealed class LoadMeter(IMeterFactory meters, TimeProvider clock) : IDisposable
{
    private const int MaxFunctions = 500; // in the wiring of an application; a window takes up to 10 KB

    /// <summary>How long the counting goes on after a question: several refresh intervals of a console that is slow.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(string Channel, string Action), FunctionWindow> _functions = new();
    private MeterListener? _listener;
    private ITimer? _timer;
    private long _askedAt;
    private long _since;
    private long _received;
    private long _failed;
    private long _published;
    private long _delivered;

    public LoadTotals Totals => new(Interlocked.Read(ref _received), Interlocked.Read(ref _failed), Interlocked.Read(ref _published), Interlocked.Read(ref _delivered));

    /// <summary>True while the load is counted.</summary>
    public bool IsCounting
    {
        get
        {
            lock (_gate)
                return _listener is not null;
        }
    }

    /// <summary>Begins to count, or goes on.</summary>
    public void Watch()
    {
        lock (_gate)
        {
            _askedAt = clock.GetTimestamp();
            if (_listener is not null)
                return;
            _since = clock.GetMilliseconds();
            _listener = new MeterListener { InstrumentPublished = Enable };
            _listener.SetMeasurementEventCallback<long>(Count);
            _listener.SetMeasurementEventCallback<double>(Measure);
            _listener.Start();
            _timer = clock.CreateTimer(_ => EndWhenUnused(), null, Lease, Lease);
        }
    }

    /// <summary>The functions that ran within the last minute, the busiest first.</summary>
    public IReadOnlyList<FunctionLoad> Functions(int limit)
    {
        var (since, now) = (Volatile.Read(ref _since), clock.GetMilliseconds());
        return
        [
            .. _functions.Select(function => function.Value.Read(function.Key.Channel, function.Key.Action, since, now)).OfType<FunctionLoad>()
                .OrderByDescending(load => load.Buckets.Sum(bucket => bucket[1])).Take(limit),
        ];
    }

    public void Dispose()
    {
        lock (_gate)
            End();
    }

    private void EndWhenUnused()
    {
        lock (_gate)
        {
            if (clock.GetElapsedTime(_askedAt) >= Lease)
                End();
        }
    }

    private void End()
    {
        _listener?.Dispose();
        _timer?.Dispose();
        (_listener, _timer) = (null, null);
        _functions.Clear();
    }

    // Several nodes may run in one process, each with a factory of its own.
    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == PikkuMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, meters)
            && instrument.Name is Received or Failed or Published or Delivered or FunctionDuration)
            listener.EnableMeasurementEvents(instrument);
    }

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        switch (instrument.Name)
        {
            case Received: Interlocked.Add(ref _received, value); break;
            case Failed: Interlocked.Add(ref _failed, value); break;
            case Published: Interlocked.Add(ref _published, value); break;
            case Delivered: Interlocked.Add(ref _delivered, value); break;
        }
    }

    private void Measure(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var (channel, action, outcome) = ("", "", "");
        foreach (var (key, tag) in tags)
        {
            switch (key)
            {
                case "channel": channel = tag as string ?? ""; break;
                case "action": action = tag as string ?? ""; break;
                case "outcome": outcome = tag as string ?? ""; break;
            }
        }

        if (!_functions.TryGetValue((channel, action), out var window))
        {
            if (_functions.Count >= MaxFunctions)
                return;
            window = _functions.GetOrAdd((channel, action), _ => new FunctionWindow());
        }

        window.Add(value, outcome != CallMetrics.Ok, clock.GetMilliseconds());
    }

    private const string Received = "pikku.message.received";
    private const string Failed = "pikku.message.failed";
    private const string Published = "pikku.event_hub.published";
    private const string Delivered = "pikku.event_hub.delivered";
    private const string FunctionDuration = "pikku.function.duration";
}
