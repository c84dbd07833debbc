using System.Diagnostics.Metrics;
using Pikku.Akka.Tests.Diagnostics;

namespace Pikku.Akka.Tests.Observability;

/// <summary>The series of the instruments of the library, as the exporter of OpenTelemetry for Prometheus names them, each with its labels.</summary>
internal static class PrometheusNames
{
    /// <summary>The labels that Prometheus itself adds.</summary>
    private static readonly string[] s_ofTheScrape = ["instance", "job"];

    public static IReadOnlyDictionary<string, HashSet<string>> All { get; } = PikkuInstruments.All.SelectMany(SeriesOf).ToDictionary(series => series.Name, series => series.Labels);

    private static IEnumerable<(string Name, HashSet<string> Labels)> SeriesOf(Instrument instrument)
    {
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "", // what is counted, in braces, is a remark
        };
        var name = instrument.Name.Replace('.', '_') + unit;
        HashSet<string> labels = [.. PikkuInstruments.TagsOf(instrument), .. s_ofTheScrape];
        return PikkuInstruments.KindOf(instrument) switch
        {
            "histogram" => [($"{name}_bucket", [.. labels, "le"]), ($"{name}_sum", labels), ($"{name}_count", labels)],
            "counter" => [($"{name}_total", labels)],
            _ => [(name, labels)],
        };
    }
}
