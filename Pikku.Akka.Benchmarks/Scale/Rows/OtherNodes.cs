using Pikku.Akka.Benchmarks.Cluster.Storm;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;
using Pikku.Akka.Benchmarks.Server;

namespace Pikku.Akka.Benchmarks.Scale.Rows;

/// <summary>
/// Three nodes. A client of the first one publishes to topics whose subscribers are all on the second one: what each event costs on the node that publishes, on the one that delivers,
/// and on the third one, which needs none of them.
/// </summary>
internal sealed class OtherNodes : IScaleRow
{
    private const int Topics = 100;
    private const string Options = "--connections 100 --window 20000 --settle 1 --warmup 4";

    // The first one is so slow that each event is sent alone, and the second one so fast that events are sent in batches.
    private static readonly Load[] s_loads = [new(1_000, 64, false), new(10_000, 64, false), new(10_000, 64, true), new(10_000, 1024, false)];
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    public string Name => "others";

    public string Title => "Events that another node does not need";

    public async Task RunAsync(ScaleOptions options, ScaleReport report, CancellationToken cancel)
    {
        using var nodes = await ServerNodes.StartAsync(3, options.Out);
        var (publishing, delivering) = (nodes.Servers[0], nodes.Servers[1]);
        await Task.Delay(s_idle, cancel);
        var (before, begun) = (Cpu(nodes), TimeProvider.System.GetTimestamp());
        await Task.Delay(s_idle, cancel);
        var idle = Cores(nodes, before, begun);

        var table = new MarkdownTable(
            "events per second", "bytes", "history", "µs CPU per event: node of the publisher", "node of the subscribers", "node without subscribers", "p50 / p99 ms", "errors");
        foreach (var load in s_loads)
        {
            Console.Error.WriteLine($"three nodes, {load}");
            var topic = load.HasHistory ? "kept:" : "open:";
            using var generator = SteppedLoad.Start(
                delivering,
                $"spread --topics {Topics} {Options} --protocol pikku.v1 --path {BenchServer.TopicsPath} --topic {topic} --publish-url {Url(publishing)} --payload-bytes {load.Bytes} --rate {load.Rate} --duration {2 * options.Seconds}");
            await generator.ReadyAsync(cancel);
            (before, begun) = (Cpu(nodes), TimeProvider.System.GetTimestamp());
            await generator.GoAsync();
            var run = await generator.ResultAsync(Name, "ours", 0, cancel);
            var cores = Cores(nodes, before, begun);
            var rate = run.Number(Metric.PerSecond) ?? 0;
            var costs = cores.Select((used, i) => rate > 0 ? (used - idle[i]) * 1e6 / rate : 0).ToArray();
            if (!run.Ok)
                report.Fail($"{Title}, {load}: {run.Faults}");
            if (load == s_loads[0])
                report.Costs.MicrosecondsAlone = costs[2];
            else if (load == s_loads[1])
                report.Costs.MicrosecondsInBatch = costs[2];
            table.Add(
                $"{rate:N0}", $"{load.Bytes:N0}", load.HasHistory ? "yes" : "no", $"{costs[0]:0.0}", $"{costs[1]:0.0}", $"{costs[2]:0.0}",
                $"{(run.Number(Metric.P50) ?? 0) / 1000:0.00} / {(run.Number(Metric.P99) ?? 0) / 1000:0.00}", run.Ok ? "0" : run.Faults);
        }

        report.Add($"Without events, the nodes take {string.Join(", ", idle.Select(cores => Figure.Of(cores)))} cores, which are subtracted.");
        report.Add(table.ToString());
    }

    private static TimeSpan[] Cpu(ServerNodes nodes) => [.. nodes.Servers.Select(server => server.Cpu)];

    private static double[] Cores(ServerNodes nodes, TimeSpan[] before, long begun)
    {
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        return [.. nodes.Servers.Select((server, i) => (server.Cpu - before[i]).TotalSeconds / seconds)];
    }

    private static string Url(RunningServer server) => $"ws://127.0.0.1:{server.Port}{BenchServer.TopicsPath}";

    private sealed record Load(int Rate, int Bytes, bool HasHistory)
    {
        public override string ToString() => $"{Rate:N0} events of {Bytes:N0} B per second{(HasHistory ? " with a history" : "")}";
    }
}
