using System.Globalization;
using Pikku.Akka.Benchmarks.Compare.Results;

namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>
/// A goal for a figure of Pikku.Akka: a fixed limit, a multiple of a peer's figure in the same run, an amount above a peer's figure, or a multiple of its own figure with other
/// work.
/// </summary>
internal sealed record Goal(string Metric, bool AtMost, double Limit, string? Peer = null)
{
    private string Sign => AtMost ? "≤" : "≥";

    /// <summary>The work that the figure is compared with; null for the same work of <see cref="Peer"/>.</summary>
    public string? Work { get; init; }

    /// <summary>True if the limit is an amount in the unit of the metric that is added to the peer's figure; false if it is a factor.</summary>
    public bool IsDifference { get; init; }

    private string? Other => Work ?? Peer;

    private string Target
    {
        get
        {
            if (Other is null)
                return Limit.ToString("#,##0.##", CultureInfo.InvariantCulture);
            var limit = Limit.ToString("0.##", CultureInfo.InvariantCulture);
            return IsDifference ? $"{Other}+{limit}{Plan.Metric.Unit(Metric)}" : $"{limit}×{Other}";
        }
    }

    public static Goal NoMoreThan(double factor, string peer, string metric = Plan.Metric.CpuPerMessage) => new(metric, true, factor, peer);

    public static Goal NoLessThan(double factor, string peer, string metric) => new(metric, false, factor, peer);

    /// <summary>An amount in the unit of the metric above the figure of a peer.</summary>
    public static Goal NoMoreAbove(double amount, string peer, string metric = Plan.Metric.CpuPerMessage) => new(metric, true, amount, peer) { IsDifference = true };

    /// <summary>A multiple of the figure of Pikku.Akka with other work.</summary>
    public static Goal NoMoreThanWork(double factor, string work) => new(Plan.Metric.CpuPerMessage, true, factor, Contender.Ours) { Work = work };

    public override string ToString() => $"{Plan.Metric.Title(Metric)} {Sign}{Target}";

    public Verdict Judge(ResultSet results, string test)
    {
        var title = Plan.Metric.Title(Metric);
        if (results.Of(test, Contender.Ours, Metric) is not { } ours)
            return new Verdict(null, $"{title}: no result");
        if (Peer is null)
            return Judge(ours.Median, $"{title} {Figure.Of(ours.Median)}");
        if (results.Of(Work ?? test, Peer, Metric) is not { } theirs)
            return new Verdict(null, $"{title}: no {Other}");
        if (IsDifference)
            return JudgeDifference(ours.Median - theirs.Median, title);
        if (Figure.Ratio(ours.Median, theirs.Median) is { } ratio)
            return Judge(ratio, $"{title} {Figure.Of(ratio)}×{Other}");

        // Both figures may be 0, such as the CPU of idle servers; then the goal of at most the peer's figure is met.
        return new Verdict(AtMost ? ours.Median <= 0 : ours.Median >= 0, $"{title} {Figure.Of(ours.Median)} against 0");
    }

    private Verdict JudgeDifference(double difference, string title) =>
        Judge(difference, $"{title} {Other}{(difference < 0 ? "−" : "+")}{Figure.Of(Math.Abs(difference))}{Plan.Metric.Unit(Metric)}");

    private Verdict Judge(double value, string text) => new(AtMost ? value <= Limit : value >= Limit, text);
}
