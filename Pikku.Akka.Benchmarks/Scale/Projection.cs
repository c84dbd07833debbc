using System.Globalization;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Results;

namespace Pikku.Akka.Benchmarks.Scale;

/// <summary>
/// The measured unit costs, multiplied to a cluster that does not fit on this machine. It is arithmetic and no measurement: docs/scaling.md says which costs do not grow in this way.
/// </summary>
internal static class Projection
{
    public const string Title = "One million connections on 50 nodes";

    private const int Connections = 1_000_000;
    private const int Nodes = 50;
    private const int OfNode = Connections / Nodes;
    private const double PublishInterval = 60; // seconds between two publishes of one connection, in the row that has such an assumption
    private const double Share = 0.5; // of one core, in the rows that ask what it is enough for

    public static string Table(UnitCosts costs)
    {
        var table = new MarkdownTable("for each node", "figure", "how");
        table.Add("connections", Number(OfNode), $"{Number(Connections)} / {Nodes}");
        Add("memory of idle connections, MiB", costs.KibPerConnection * OfNode / 1024, $"{Number(OfNode)} × {Cell(costs.KibPerConnection)} KiB");
        Add("memory of a topic for each connection, MiB", costs.KibPerTopic * OfNode / 1024, $"{Number(OfNode)} × {Cell(costs.KibPerTopic)} KiB");
        Add("cores of idle connections, with their pings", costs.CoresPerConnection * OfNode, $"{Number(OfNode)} × {Cell(costs.CoresPerConnection * 1e6)} millionths");
        if (Line(costs.CoresOfIdleNode) is var (fixedCores, ofLink))
        {
            Add($"cores of {Nodes - 1} links", fixedCores + ofLink * (Nodes - 1),
                $"a line through the clusters of {string.Join(", ", costs.CoresOfIdleNode.Keys)} nodes: {Cell(fixedCores)} + {Nodes - 1} × {ofLink.ToString("0.0000", CultureInfo.InvariantCulture)}");
            Add($"links until they take {Share} of a core", ofLink > 0 ? (Share - fixedCores) / ofLink : null, "the same line");
        }

        // A node receives each event of the cluster, and sends those of its own clients once for each link, which together are as many.
        var (events, alone) = (Connections / PublishInterval, 2 * costs.MicrosecondsAlone);
        Add($"cores of the events between nodes, if each connection publishes once in {PublishInterval} s", alone * events / 1e6,
            $"{Number(events)} events per second in the cluster × 2 × {Cell(costs.MicrosecondsAlone)} µs");
        Add($"events per second in the whole cluster until they take {Share} of a core of every node: published on all nodes", Share * 1e6 / alone, $"{Share} s / (2 × {Cell(costs.MicrosecondsAlone)} µs)");
        Add("the same: published on one node, in batches", Share * 1e6 / costs.MicrosecondsInBatch, $"{Share} s / {Cell(costs.MicrosecondsInBatch)} µs");
        Add("core seconds until all clients are back, if all nodes lose them", costs.MicrosecondsPerReconnect * OfNode / 1e6, $"{Number(OfNode)} × {Cell(costs.MicrosecondsPerReconnect)} µs");
        Add("the same, if one node ends and its clients spread over the others", costs.MicrosecondsPerReconnect * OfNode / (Nodes - 1) / 1e6, $"{Number(OfNode / (Nodes - 1))} × {Cell(costs.MicrosecondsPerReconnect)} µs");
        return table.ToString();

        void Add(string what, double? figure, string how) => table.Add(what, Cell(figure), figure is null ? "not measured in this run" : how);
    }

    // The line that is closest to the cores of an idle node by the number of its links: what a node spends anyway, and what each link adds.
    private static (double Fixed, double OfLink)? Line(SortedDictionary<int, double> cores)
    {
        if (cores.Count < 2)
            return null;
        var (x, y) = (cores.Keys.Average(nodes => nodes - 1), cores.Values.Average());
        var slope = cores.Sum(entry => (entry.Key - 1 - x) * (entry.Value - y)) / cores.Keys.Sum(nodes => (nodes - 1 - x) * (nodes - 1 - x));
        return (y - slope * x, slope);
    }

    private static string Cell(double? figure) => Figure.Of(figure);

    private static string Number(double figure) => figure.ToString("N0", CultureInfo.InvariantCulture);
}
