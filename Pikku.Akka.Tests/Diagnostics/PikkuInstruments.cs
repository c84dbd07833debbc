using System.Diagnostics.Metrics;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.Diagnostics;

/// <summary>All instruments of the meter <c>Pikku.Akka</c>, as the classes of the library create them.</summary>
internal static class PikkuInstruments
{
    public static List<Instrument> All { get; } = Create();

    /// <summary>The kind of an instrument, as the table for operators calls it.</summary>
    public static string KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        if (type == typeof(Histogram<>))
            return "histogram";
        return type == typeof(Counter<>) ? "counter" : "up-down counter";
    }

    private static List<Instrument> Create()
    {
        using var meters = new RecordingMeters();
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
                instruments.Add(instrument);
        };
        listener.Start();
        // The classes whose names end with Metrics, so that none is forgotten.
        foreach (var type in typeof(PikkuMetrics).Assembly.GetTypes().Where(t => t.Namespace == typeof(PikkuMetrics).Namespace && t.Name.EndsWith("Metrics", StringComparison.Ordinal)))
        {
            if (type == typeof(CallMetrics))
                continue; // a part of PikkuMetrics
            var constructor = type.GetConstructors().Single();
            var argument = constructor.GetParameters().Single().ParameterType;
            constructor.Invoke([argument == typeof(Meter) ? meters.Create(new MeterOptions(PikkuMetrics.MeterName)) : meters]);
        }

        return instruments;
    }
}
