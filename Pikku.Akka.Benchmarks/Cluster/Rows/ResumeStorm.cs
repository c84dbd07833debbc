using System.Diagnostics;
using System.Text.Json.Nodes;
using Pikku.Akka.Benchmarks.Cluster.Storm;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Cluster.Rows;

/// <summary>
/// One of three servers is ended with SIGKILL. Its clients come back to the two others, each with a position behind which at least 50 events were published, while other
/// clients of these servers receive events.
/// </summary>
internal sealed class ResumeStorm : IClusterRow
{
    private const int Topics = 100;
    private const int Missed = 50; // events of each topic, that is of each client
    private const int PerSecond = 200; // events in all topics
    private const double LatencyGoal = 2;
    private const int OtherFiles = 1000; // open files of a server besides the connections of this measurement

    private static readonly TimeSpan s_goal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_away = TimeSpan.FromSeconds(3); // time for the missed events
    private static readonly TimeSpan s_before = TimeSpan.FromSeconds(5);
    private static readonly string s_logs = Path.Combine("artifacts", "cluster");

    public string Name => "resume";

    public async Task<IReadOnlyList<Finding>> RunAsync(ClusterOptions options)
    {
        var clients = Math.Min(options.Clients, OpenFiles.MostConnections() - OtherFiles);
        using var servers = await ServerNodes.StartAsync(3, s_logs);
        Uri[] survivors = [servers.Url(0), servers.Url(1)];
        await using var healthy = await HealthyClients.ConnectAsync(Topics, survivors);
        using var storm = await StormClients.StartAsync(clients, Topics, "kept:", servers.Url(2), survivors, s_away, options.Spread);

        healthy.Publish(PerSecond);
        await Task.Delay(TimeSpan.FromSeconds(2)); // compiles the code that is measured
        var calm = Stopwatch.GetTimestamp();
        await Task.Delay(s_before);
        var killed = Stopwatch.GetTimestamp();
        servers.KillLast();
        healthy.AddMissed(Missed);
        var result = await storm.ResultAsync();
        return Judge(clients, options, result, healthy.Latencies(calm, killed), healthy.Latencies(killed, Stopwatch.GetTimestamp()));
    }

    private static IReadOnlyList<Finding> Judge(int clients, ClusterOptions options, JsonObject result, IReadOnlyList<double> before, IReadOnlyList<double> during)
    {
        var (seconds, complete, replayed, least) = ((double)result["seconds"]!, (long)result["complete"]!, (long)result["replayed"]!, (long)result["leastReplayed"]!);
        var (wrong, lost, unfinished) = ((long)result["wrong"]!, (long)result["lost"]!, (long)result["unfinished"]!);
        var (calm, busy) = (Statistics.Percentile(before, 0.99), Statistics.Percentile(during, 0.99));
        var work = $"{clients:N0} clients of a killed node come back to two others over {options.Spread.TotalSeconds:N0} s";
        return
        [
            new($"{work}: answered complete, with {replayed:N0} missed events", $"{complete:N0}; lost {lost:N0}, unfinished {unfinished:N0}, wrong {wrong:N0}", $"{clients:N0}; 0",
                (bool)result["ok"]!),
            new("the least that one of them missed", $"{least:N0} events", $"≥ {Missed}", least >= Missed),
            new("everything is received after the death of the node in", Statistics.Seconds(TimeSpan.FromSeconds(seconds)), $"≤ {Statistics.Seconds(s_goal)}",
                unfinished == 0 && seconds <= s_goal.TotalSeconds),
            new("from the begin of a connection to its last missed event, p50 / p99",
                $"{Statistics.Milliseconds((double)result["p50us"]! / 1000)} / {Statistics.Milliseconds((double)result["p99us"]! / 1000)}"),
            new("latency of the other clients, p50 / p99: before", $"{Statistics.Milliseconds(Statistics.Percentile(before, 0.5))} / {Statistics.Milliseconds(calm)}"),
            new("and from the death until then", $"{Statistics.Milliseconds(Statistics.Percentile(during, 0.5))} / {Statistics.Milliseconds(busy)}, {Figure.Of(busy / calm)} × p99",
                $"≤ {LatencyGoal} × p99", busy <= LatencyGoal * calm),
        ];
    }
}
