using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Pikku.Akka.Tests.Support;

/// <summary>Records the measurements of the instruments of one node.</summary>
internal sealed class RecordingMeters : IMeterFactory
{
    private readonly ConcurrentBag<Meter> _meters = [];
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly ConcurrentQueue<(string Instrument, double Value, string Tags)> _measurements = new();
    private readonly MeterListener _listener = new();

    public RecordingMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, this))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _measurements.Enqueue((instrument.Name, value, TextOf(tags))));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument, value));
        _listener.Start();
    }

    /// <summary>The sum of the instrument over all tags.</summary>
    public long this[string instrument] => _counts.GetValueOrDefault(instrument);

    /// <summary>The measurements of a histogram in seconds, in order, each with its tags, such as <c>0.5 channel=chat</c>.</summary>
    public string[] Measured(string histogram) =>
        [.. _measurements.Where(m => m.Instrument == histogram).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Value:0.######}{m.Tags}"))];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
            meter.Dispose();
    }

    private static string TextOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = "";
        foreach (var (name, value) in tags)
            text += $" {name}={value}";
        return text;
    }

    private void Add(Instrument instrument, long value) => _counts.AddOrUpdate(instrument.Name, value, (_, old) => old + value);
}
