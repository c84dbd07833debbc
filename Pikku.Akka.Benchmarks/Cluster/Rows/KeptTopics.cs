using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Benchmarks.Cluster.Rows;

/// <summary>
/// Many topics with a history, published to on one node and kept on two, each in its own process: whether the memory that the settings account for is the memory that the
/// nodes take.
/// </summary>
internal sealed class KeptTopics : IClusterRow
{
    private const int EventSize = 200;
    private const double Tolerance = 0.1;
    private const int InFlight = 1024;
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(300); // several ticks of the lanes, which report at each

    private static readonly string s_event = new('x', EventSize - 2); // The JSON text adds two quotes.

    public string Name => "kept-topics";

    public async Task<IReadOnlyList<Finding>> RunAsync(ClusterOptions options)
    {
        var settings = TwoSystems.Settings;
        await using var cluster = await TwoSystems.StartAsync(1, BenchTopics.Families);
        using var other = await RemoteMember.StartAsync(cluster.Seed);
        var publisher = cluster.Nodes[0];
        await PublishAsync(publisher, topics: 100);
        await Task.Delay(s_reportInterval);
        var (near, far) = (MemberReport.Of(publisher, 0), await other.ReportAsync());
        for (var i = 0; i < BenchTopics.EventsOfItem; i++)
            await PublishAsync(publisher, options.Topics);
        await Task.Delay(s_reportInterval);
        var name = $"{options.Topics:N0} topics with a history of {BenchTopics.EventsOfItem} × {EventSize} B";
        return
        [
            .. Judge($"{name}, publisher", near, MemberReport.Of(publisher, 0), options.Topics, settings),
            .. Judge($"{name}, other node", far, await other.ReportAsync(), options.Topics, settings),
        ];
    }

    private static async Task PublishAsync(BenchNode node, int topics)
    {
        for (var i = 0; i < topics; i++)
        {
            // As in an application, each publish makes the name of its topic.
            var published = node.Hub.PublishAsync(BenchTopics.Items.For(i), s_event);
            if (i % InFlight != 0)
                continue;
            await published;
            // What the other node has not acknowledged is kept only up to a size.
            while (node.Links.All.Any(lane => lane.Peers.Any(peer => peer.HeldBack)))
                await Task.Delay(1);
        }
    }

    private static IEnumerable<Finding> Judge(string name, MemberReport before, MemberReport after, int topics, PikkuSettings settings)
    {
        var budget = settings.History.MaxMemory;
        var ofTopics = Enumerable.Range(0, topics).Sum(i => (long)new TopicHistory(BenchTopics.Items.For(i).Name, new HistoryOptions(0, default), 0).Size);
        var batches = Lanes.Count * settings.Cluster.MaxKept; // All of it is used: the events are many times as large.
        var accounted = after.KeptBytes + ofTopics + batches;
        var grown = after.Heap - before.Heap;
        var ratio = (double)grown / accounted;
        yield return new($"{name}: {after.KeptEvents:N0} events kept in", Statistics.MiB(after.KeptBytes), $"≤ {Statistics.MiB(budget)}", after.KeptBytes <= budget);
        yield return new(
            $"{name}: growth of the heap, with {Statistics.MiB(ofTopics)} of topics and {Statistics.MiB(batches)} of batches for other nodes",
            $"{Statistics.MiB(grown)}, {Figure.Of(ratio)} × accounted", "0.9–1.1 ×", Math.Abs(ratio - 1) <= Tolerance);
    }
}
