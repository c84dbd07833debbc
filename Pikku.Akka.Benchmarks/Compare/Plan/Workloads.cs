using Pikku.Akka.Benchmarks.Server;
using static Pikku.Akka.Benchmarks.Compare.Plan.Goal;

namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>The kinds of load and their goals. Names contain the payload in bytes: <c>echo64</c>, <c>fan1000-1k</c> (to 1000
/// subscribers).</summary>
internal static class Workloads
{
    // Clients on pikku.v1 that subscribe by themselves, so that they keep positions.
    private const string Topics = $"--protocol pikku.v1 --path {BenchServer.TopicsPath}";

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("echo64-w1", "echo --connections 100 --window 1", NoMoreThan(0.93, "signalr"), NoMoreAbove(1.5, "raw"))
        {
            AllocationLimit = 500,
        },
        new(
            "echo64-w16",
            "echo --connections 100 --window 16",
            NoMoreThan(0.55, "signalr"),
            NoLessThan(10, "pikku", Metric.PerSecond)),
        new("echo1k-w1", "echo --connections 100 --window 1 --payload-bytes 1024", NoMoreThan(0.92, "signalr")),
        new("fan100-64", "fanout --connections 100 --window 4", NoMoreThan(0.55, "signalr"), NoMoreThan(0.8, "raw")),
        new("fan1000-64", "fanout --connections 1000 --window 4", NoMoreThan(0.45, "signalr"))
        {
            AllocationLimit = 8,
        },
        // The same clients, protocol and kind of topic, without and with a history of 100 events: only the numbers and the history differ.
        new("fan1000-64-v1", $"fanout --connections 1000 --window 4 {Topics} --topic open:") { IsOurs = true },
        new("fan1000-64-history", $"fanout --connections 1000 --window 4 {Topics} --topic kept:", NoMoreThanWork(1.05, "fan1000-64-v1")) { IsOurs = true },
        new("fan1000-1k", "fanout --connections 1000 --window 4 --payload-bytes 1024", NoMoreThan(0.5, "signalr")),
        new("topics", "topics --connections 1000 --topics 100 --window 32", NoMoreThan(0.65, "signalr"), NoMoreThan(1, "raw")),
        new("echo64-10k/s", "echo --connections 100 --window 256 --rate 10000", [NoMoreThan(0.55, "signalr"), .. AtSteadyRate]),
        new("fan1000-50/s", "fanout --connections 1000 --window 64 --rate 50", [NoMoreThan(0.6, "signalr"), .. AtSteadyRate]),
    ];

    public static IReadOnlyList<Goal> IdleGoals { get; } =
    [
        NoMoreAbove(2, "raw", Metric.KibPerConnection),
        NoMoreThan(1, "signalr", Metric.IdleCores),
        NoLessThan(1.1, "signalr", Metric.ConnectPerSecond),
    ];

    public static IReadOnlyList<Goal> StartGoals { get; } = [new(Metric.StartSeconds, AtMost: true, 1.5)];

    // A server that saves CPU at a rate that it can serve must not do so at the expense of latency.
    private static IEnumerable<Goal> AtSteadyRate => [NoMoreThan(1.1, "signalr", Metric.P50), NoMoreThan(1, "signalr", Metric.P99)];

    public static Workload Named(string name) => All.First(workload => workload.Name == name);
}
