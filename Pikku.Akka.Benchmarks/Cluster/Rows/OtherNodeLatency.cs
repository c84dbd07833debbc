using System.Diagnostics;

namespace Pikku.Akka.Benchmarks.Cluster.Rows;

/// <summary>The time between the delivery on the node of the publisher and on the other node, at a low rate.</summary>
internal sealed class OtherNodeLatency : IClusterRow
{
    private const int Events = 3000;

    public string Name => "latency";

    public async Task<IReadOnlyList<Finding>> RunAsync(ClusterOptions options)
    {
        await using var cluster = await TwoSystems.StartAsync();
        var delays = await Delays(cluster.Nodes[0], cluster.Nodes[1]);
        return
        [
            new("added latency of the other node, p50 / p99",
                $"{Statistics.Milliseconds(Statistics.Percentile(delays, 0.5))} / {Statistics.Milliseconds(Statistics.Percentile(delays, 0.99))}"),
        ];
    }

    private static async Task<List<double>> Delays(BenchNode near, BenchNode far)
    {
        var topic = new Topic<string>("news");
        var (here, there) = (new CountingSubscriber("here"), new CountingSubscriber("there"));
        near.Add(here);
        far.Add(there);
        await near.Hub.SubscribeAsync(topic, here.Id);
        await far.Hub.SubscribeAsync(topic, there.Id);
        var delays = new List<double>();
        for (var i = 1; i <= Events; i++)
        {
            await near.Hub.PublishAsync(topic, "x");
            while (there.Count < i)
                await Task.Delay(1);
            delays.Add(Stopwatch.GetElapsedTime(here.LastAt, there.LastAt).TotalMilliseconds);
        }

        return delays;
    }
}
