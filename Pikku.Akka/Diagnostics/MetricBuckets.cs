using System.Diagnostics.Metrics;

namespace Pikku.Akka.Diagnostics;

/// <summary>The boundaries of the buckets of the histograms. An exporter uses them unless the application configures a view.</summary>
internal static class MetricBuckets
{
    /// <summary>
    /// For calls and for the way between two nodes: the boundaries of OpenTelemetry for requests, and smaller ones, because a function without I/O takes some
    /// microseconds. The last one is the default of <c>pikku.function.timeout</c>.
    /// </summary>
    public static InstrumentAdvice<double> Calls { get; } = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    /// <summary>For connections: from those that end at once to those that last a day.</summary>
    public static InstrumentAdvice<double> Connections { get; } = new() { HistogramBucketBoundaries = [0.1, 1, 10, 60, 300, 1800, 3600, 21600, 86400] };

    /// <summary>For the events of one replay; the last one is the default of <c>pikku.history.max-replay</c>.</summary>
    public static InstrumentAdvice<long> Events { get; } = new() { HistogramBucketBoundaries = [0, 1, 3, 10, 30, 100, 300, 1000] };
}
