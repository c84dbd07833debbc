using Pikku.Akka.Benchmarks.Cluster.Storm;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Results;

namespace Pikku.Akka.Benchmarks.Scale.Rows;

/// <summary>Clusters of several sizes without clients: what a node spends on its links, on the signs of life, and on the membership.</summary>
internal sealed class IdleNodes : IScaleRow
{
    // After the last node has joined, the gossip becomes rare again.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_watch = TimeSpan.FromSeconds(20);

    public string Name => "nodes";

    public string Title => "Nodes without clients";

    public async Task RunAsync(ScaleOptions options, ScaleReport report, CancellationToken cancel)
    {
        var table = new MarkdownTable("nodes", "links of a node", "cores of each node", "cores of each link", "MiB resident of each node");
        foreach (var count in options.Nodes)
        {
            Console.Error.WriteLine($"{count} nodes without clients");
            using var nodes = await ServerNodes.StartAsync(count, options.Out);
            await Task.Delay(s_settle, cancel);
            var before = nodes.Servers.Sum(server => server.Cpu.TotalSeconds);
            await Task.Delay(s_watch, cancel);
            var cores = (nodes.Servers.Sum(server => server.Cpu.TotalSeconds) - before) / s_watch.TotalSeconds / count;
            report.Costs.CoresOfIdleNode[count] = cores;
            table.Add(
                $"{count}", $"{count - 1}", Figure.Of(cores), count == 1 ? Figure.Missing : $"{cores / (count - 1):0.0000}", $"{nodes.Servers.Average(server => server.ResidentMiB):0}");
        }

        report.Add(table.ToString());
    }
}
