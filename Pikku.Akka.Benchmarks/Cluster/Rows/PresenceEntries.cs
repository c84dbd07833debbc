using System.Diagnostics;
using System.Text;

namespace Pikku.Akka.Benchmarks.Cluster.Rows;

/// <summary>Entries of presence in many rooms: half of the connections are on each of two nodes, and all join at once. Then a third node joins.</summary>
internal sealed class PresenceEntries : IClusterRow
{
    private const int Rooms = 100;
    private static readonly TimeSpan s_goal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    public string Name => "presence";

    public async Task<IReadOnlyList<Finding>> RunAsync(ClusterOptions options)
    {
        await using var cluster = await TwoSystems.StartAsync(1, BenchTopics.Families);
        var emptyJoin = await ReadyAsync(cluster, entries: 0);
        await JoinAllAsync(cluster, from: 0, Rooms); // compiles the code that is measured
        await SeenAsync(cluster, Rooms);

        var begun = Stopwatch.GetTimestamp();
        await JoinAllAsync(cluster, from: Rooms, options.Entries);
        var joined = Stopwatch.GetElapsedTime(begun);
        await SeenAsync(cluster, Rooms + options.Entries);
        var seen = Stopwatch.GetElapsedTime(begun);
        var join = await ReadyAsync(cluster, Rooms + options.Entries);
        return
        [
            new($"{options.Entries:N0} entries of presence in {Rooms} rooms, which all join at once on two nodes, are joined after", Statistics.Seconds(joined)),
            new("and seen on both nodes after", Statistics.Seconds(seen), $"≤ {Statistics.Seconds(s_goal)}", seen <= s_goal),
            new("a node joins: it is ready after, and then has of these entries",
                $"{Statistics.Seconds(join.Ready)}, {join.Entries:N0}", "all", join.Entries == Rooms + options.Entries),
            new("and a node that joined without entries was ready after", Statistics.Seconds(emptyJoin.Ready)),
        ];
    }

    private static async Task JoinAllAsync(TwoSystems cluster, int from, int count)
    {
        var joins = new List<Task>(count);
        for (var i = from; i < from + count; i++)
        {
            var node = cluster.Nodes[i % 2];
            var connection = new CountingSubscriber($"connection-{i}");
            node.Add(connection);
            var info = Encoding.UTF8.GetBytes($$"""{"name":"user {{i}}","since":1764170000}""");
            joins.Add(node.Hub.JoinAsync(BenchTopics.Rooms.For(i % Rooms).Name, connection.Id, info).AsTask());
        }

        await Task.WhenAll(joins);
    }

    private static async Task SeenAsync(TwoSystems cluster, int entries)
    {
        var begun = Stopwatch.GetTimestamp();
        while (cluster.Nodes.Any(node => CountOf(node) != entries))
        {
            if (Stopwatch.GetElapsedTime(begun) > s_patience)
                throw new InvalidOperationException($"After {s_patience} the nodes have {string.Join(" and ", cluster.Nodes.Select(CountOf))} of {entries} entries.");
            await Task.Delay(2);
        }
    }

    // A lane reports after each tick, so a lane that is seen as ready has been ready for a moment.
    private static async Task<(TimeSpan Ready, int Entries)> ReadyAsync(TwoSystems cluster, int entries)
    {
        var begun = Stopwatch.GetTimestamp();
        var node = await cluster.BeginAsync();
        while (node.Links.All.Count() < Replication.Lanes.Count || node.Links.All.Any(lane => !lane.IsReady))
            await Task.Delay(2);
        var found = (Stopwatch.GetElapsedTime(begun), CountOf(node));
        await SeenAsync(cluster, entries);
        return found;
    }

    private static int CountOf(BenchNode node) => Enumerable.Range(0, Rooms).Sum(room => node.Entries.Count(BenchTopics.Rooms.For(room).Name));
}
