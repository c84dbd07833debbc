using System.Globalization;
using Pikku.Akka.Benchmarks.Compare.Results;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>Summaries of figures.</summary>
internal static class Statistics
{
    public static double Percentile(IReadOnlyCollection<double> values, double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));

    /// <summary>The ratios of two series, round by round, because what else the machine does affects both runs of a round.</summary>
    public static Spread Ratios(IEnumerable<double> ours, IEnumerable<double> theirs) => Spread.Of(ours.Zip(theirs, (a, b) => a / b))!.Value;

    public static string MiB(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024 * 1024):0.0} MiB");

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");

    public static string Milliseconds(double time) => string.Create(CultureInfo.InvariantCulture, $"{time:0.000} ms");
}
