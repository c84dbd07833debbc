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

    /// <summary>The tags of an instrument, as the table for operators names them.</summary>
    public static IEnumerable<string> TagsOf(Instrument instrument)
    {
        var manual = File.ReadAllText(Repository.PathOf("docs", "operating.md"));
        var row = manual.Split('\n').Single(line => line.StartsWith($"| `{instrument.Name}` |", StringComparison.Ordinal));
        // All instruments of the first table have the tag channel.
        var first = manual.Split("| instrument | unit | kind | further tags | counts |")[1].Split("\n\n")[0];
        var tags = row.Split('|')[4].Split('(')[0] + string.Concat(row.Split('|')[4].Split(')').Skip(1).Select(rest => rest.Split('(')[0]));
        var named = tags.Split('`').Where((_, index) => index % 2 == 1);
        return first.Contains(row, StringComparison.Ordinal) ? named.Prepend("channel") : named;
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
            var created = constructor.Invoke([argument == typeof(Meter) ? meters.Create(new MeterOptions(PikkuMetrics.MeterName)) : meters]);
            if (created is NodeMetrics node)
                node.Observe(() => true, () => 1, 1);
        }

        return instruments;
    }
}
