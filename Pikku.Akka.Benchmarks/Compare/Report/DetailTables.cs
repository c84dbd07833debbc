using System.Text;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Results;

namespace Pikku.Akka.Benchmarks.Compare.Report;

/// <summary>All servers under each kind of load: medians, with minimum and maximum for the main figures.</summary>
internal sealed class DetailTables(CompareOptions options, ResultSet results, IReadOnlyList<string> servers)
{
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var test in options.Tests)
            text.AppendLine().Append("### ").AppendLine(test.Name).AppendLine().AppendLine($"`{test.Arguments}`").AppendLine().Append(Table(test));
        return text.ToString();
    }

    private string Table(Workload test)
    {
        var table = new MarkdownTable(
            "server", "per second", "µs CPU per message", "cores", "p50 µs", "p99 µs", "p99.9 µs", "switches per message",
            "B allocated per message", "not sent in time", "generator's cores");
        foreach (var server in servers.Where(server => !test.IsOurs || server == Contender.Ours))
        {
            table.Add(
                server,
                SummaryTables.Cell(results, test.Name, server, Metric.PerSecond),
                results.Of(test.Name, server, Metric.CpuPerMessage)?.ToString() ?? Figure.Missing,
                Median(test.Name, server, Metric.Cores),
                Median(test.Name, server, Metric.P50),
                Median(test.Name, server, Metric.P99),
                Median(test.Name, server, Metric.P999),
                Median(test.Name, server, Metric.SwitchesPerMessage),
                Median(test.AllocationTest, server, Metric.AllocatedPerMessage),
                Median(test.Name, server, Metric.Skipped),
                Median(test.Name, server, Metric.ClientCores));
        }

        return table.ToString();
    }

    private string Median(string test, string server, string metric) => Figure.Of(results.Of(test, server, metric)?.Median);
}
