using System.Diagnostics;
using System.Text.Json.Nodes;
using Pikku.Akka.Benchmarks.Cluster;
using Pikku.Akka.Benchmarks.Cluster.Storm;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Servers;
using Pikku.Akka.Benchmarks.Server;

namespace Pikku.Akka.Benchmarks.Scale.Rows;

/// <summary>
/// Clients on topics with a history that all lose their connection at once and come back to the same node at once, each with a position behind which at least 50 events were
/// published. <see cref="Cluster.Rows.ResumeStorm"/> has the storm after the end of a node.
/// </summary>
internal sealed class ResumeAtOnce : IScaleRow
{
    private const int Topics = 100;
    private const int Missed = 50; // events of each topic, that is of each client
    private const int PerSecond = 200; // events in all topics
    private const int OtherFiles = 1000; // open files of the server besides the connections of the storm

    private static readonly TimeSpan s_away = TimeSpan.FromSeconds(4); // time for the missed events
    private static readonly TimeSpan s_before = TimeSpan.FromSeconds(5);

    public string Name => "resume";

    public string Title => "Reconnect storm with resume";

    public async Task RunAsync(ScaleOptions options, ScaleReport report, CancellationToken cancel)
    {
        var clients = Math.Min(options.Clients, (OpenFiles.MostConnections() - OtherFiles) * 2 / 3);
        Console.Error.WriteLine($"{clients:N0} clients resume");
        using var server = await RunningServer.StartAsync(Contenders.Ours(), options.Out, cancel);
        var url = new Uri($"ws://127.0.0.1:{server.Port}{BenchServer.TopicsPath}");
        await using var healthy = await HealthyClients.ConnectAsync(Topics, url);
        using var storm = await StormClients.StartAsync(clients, Topics, "kept:", url, [url], s_away, TimeSpan.Zero, dropThemselves: true);

        healthy.Publish(PerSecond);
        await Task.Delay(TimeSpan.FromSeconds(2), cancel); // compiles the code that is measured
        var calm = Stopwatch.GetTimestamp();
        await Task.Delay(s_before, cancel);
        var dropped = Stopwatch.GetTimestamp();
        await storm.DropAsync();
        healthy.AddMissed(Missed);
        await Task.Delay(s_away, cancel);
        var back = Stopwatch.GetTimestamp();
        var (before, cpu) = (healthy.Latencies(calm, dropped), server.Cpu);
        var result = await storm.ResultAsync();
        var used = server.Cpu - cpu;
        Add(report, clients, result, used, before, healthy.Latencies(back, Stopwatch.GetTimestamp()));
    }

    private void Add(ScaleReport report, int clients, JsonObject result, TimeSpan cpu, IReadOnlyList<double> before, IReadOnlyList<double> during)
    {
        var (seconds, complete, replayed, least) = ((double)result["seconds"]! - s_away.TotalSeconds, (long)result["complete"]!, (long)result["replayed"]!, (long)result["leastReplayed"]!);
        var errors = (long)result["wrong"]! + (long)result["lost"]! + (long)result["unfinished"]!;
        var table = new MarkdownTable(
            "clients", "answered complete", "missed events that they got", "the least of one client", "all have everything after, s", "events per second", "µs CPU per event",
            "healthy clients before, p50 / p99 ms", "meanwhile, p50 / p99 ms", "errors");
        table.Add(
            $"{clients:N0}", $"{complete:N0}", $"{replayed:N0}", $"{least:N0}", $"{seconds:0.00}", $"{replayed / seconds:N0}", $"{cpu.TotalMicroseconds / Math.Max(1, replayed):0.0}",
            Latency(before), Latency(during), $"{errors:N0}");
        report.Add(table.ToString());
        if (!(bool)result["ok"]!)
            report.Fail($"{Title}: wrong {result["wrong"]}, lost {result["lost"]}, unfinished {result["unfinished"]}");
    }

    private static string Latency(IReadOnlyList<double> all) => all.Count == 0 ? "–" : $"{Statistics.Percentile(all, 0.5):0.00} / {Statistics.Percentile(all, 0.99):0.00}";
}
