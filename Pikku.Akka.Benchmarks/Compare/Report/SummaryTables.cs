using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Trials;

namespace Pikku.Akka.Benchmarks.Compare.Report;

/// <summary>The figures of Pikku.Akka compared with its goals and the peers that the goals name.</summary>
internal sealed class SummaryTables(CompareOptions options, ResultSet results, IReadOnlyList<string> servers)
{
    private const string SignalR = "signalr";
    private const string Raw = "raw";

    private bool HasBefore => servers.Contains(Contender.Before);

    public string Load()
    {
        var table = new MarkdownTable([
            "work", "goal", "ours, µs CPU per message", .. Optional("before"), "SignalR", "raw",
            "ours/SignalR", "ours/raw", .. Optional("ours/before"), "p50/p99 µs ours", "p50/p99 µs SignalR", "met"]);
        foreach (var test in options.Tests)
        {
            table.Add([
                test.Name,
                Goals.Text(test.Goals),
                Cell(test.Name, Contender.Ours, Metric.CpuPerMessage),
                .. Optional(Cell(test.Name, Contender.Before, Metric.CpuPerMessage)),
                Cell(test.Name, SignalR, Metric.CpuPerMessage),
                Cell(test.Name, Raw, Metric.CpuPerMessage),
                Ratio(test.Name, SignalR, Metric.CpuPerMessage),
                Ratio(test.Name, Raw, Metric.CpuPerMessage),
                .. Optional(Ratio(test.Name, Contender.Before, Metric.CpuPerMessage)),
                Latencies(test.Name, Contender.Ours),
                Latencies(test.Name, SignalR),
                Goals.Met(results, test.Name, test.Goals)]);
        }

        return table.ToString();
    }

    /// <summary>The tests with one or a few figures per server: idle connections, allocation, startup.</summary>
    public string Single()
    {
        var table = new MarkdownTable(["what", "goal", .. servers, "met"]);
        foreach (var connections in IdleTrial.Sizes(options.Idle))
        {
            var test = IdleTrial.Test(connections);
            AddRow(table, $"{test}, KiB resident each", test, Metric.KibPerConnection, Workloads.IdleGoals);
            AddRow(table, $"{test}, cores while idle", test, Metric.IdleCores, Workloads.IdleGoals);
            AddRow(table, $"{test}, connects per second", test, Metric.ConnectPerSecond, Workloads.IdleGoals);
        }

        foreach (var test in options.Tests.Where(test => test.AllocationLimit is not null))
            AddRow(table, $"{test.Name}, bytes allocated per message", test.AllocationTest, Metric.AllocatedPerMessage, test.AllocationGoals);
        AddRow(table, "process start to first echo, s", StartTrial.Test, Metric.StartSeconds, Workloads.StartGoals);
        return table.ToString();
    }

    /// <summary>Returns the figure over the rounds, or the failure if a check failed in any round.</summary>
    public static string Cell(ResultSet results, string test, string server, string metric)
    {
        var runs = results.Runs(test, server);
        var failed = runs.Where(run => !run.Ok).ToArray();
        if (failed.Length > 0)
            return $"**failed** ({failed.Length} of {runs.Count}): {failed[0].Faults}";
        return results.Of(test, server, metric)?.ToString() ?? Figure.Missing;
    }

    private void AddRow(MarkdownTable table, string title, string test, string metric, IReadOnlyList<Goal> all)
    {
        IReadOnlyList<Goal> goals = [.. all.Where(goal => goal.Metric == metric)];
        table.Add([title, Goals.Text(goals), .. servers.Select(server => Cell(test, server, metric)), Goals.Met(results, test, goals)]);
    }

    private string Cell(string test, string server, string metric) => Cell(results, test, server, metric);

    private string Ratio(string test, string peer, string metric) =>
        Figure.Of(Figure.Ratio(results.Of(test, Contender.Ours, metric)?.Median, results.Of(test, peer, metric)?.Median));

    private string Latencies(string test, string server) =>
        $"{Figure.Of(results.Of(test, server, Metric.P50)?.Median)} / {Figure.Of(results.Of(test, server, Metric.P99)?.Median)}";

    private IEnumerable<string> Optional(string cell) => HasBefore ? [cell] : [];
}
