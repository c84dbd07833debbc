using System.Diagnostics;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Benchmarks.Cluster.Rows;

/// <summary>
/// The memory of two nodes, each in its own process, while one receives more than it can deliver: each event takes a millisecond there, and the other node publishes several
/// times as many.
/// </summary>
internal sealed class SlowReceiver : IClusterRow
{
    private const int EventSize = 1024;
    private const int PublishesPerSecond = 20_000;
    private const long TransportChunk = 16 * 1024 * 1024; // bytes; the buffer pool of DotNetty takes memory in chunks of this size
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_sample = TimeSpan.FromSeconds(2);

    private static readonly string s_event = new('x', EventSize - 2); // The JSON text adds two quotes.

    public string Name => "slow-receiver";

    public async Task<IReadOnlyList<Finding>> RunAsync(ClusterOptions options)
    {
        await using var cluster = await TwoSystems.StartAsync(1, BenchTopics.Families);
        using var receiver = await RemoteMember.StartAsync(cluster.Seed, s_delay);
        var sender = cluster.Nodes[0];
        await PublishAsync(sender, TimeSpan.FromMilliseconds(100));
        await Task.Delay(s_sample);
        var (near, far) = (MemberReport.Of(sender, 0), await receiver.ReportAsync());
        var (nearMost, farMost, farLast, published) = (near, far, far, 0L);
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < options.SlowFor)
        {
            published += await PublishAsync(sender, s_sample);
            farLast = await receiver.ReportAsync();
            nearMost = Larger(nearMost, MemberReport.Of(sender, 0));
            farMost = Larger(farMost, farLast);
        }

        return Judge(options, published, near, nearMost, far, farMost, farLast);
    }

    private static IReadOnlyList<Finding> Judge(
        ClusterOptions options, long published, MemberReport near, MemberReport nearMost, MemberReport far, MemberReport farMost, MemberReport farLast)
    {
        var settings = TwoSystems.Settings.Cluster;
        var bound = Lanes.Count * (settings.MaxUnacknowledged + settings.MaxKept) + TransportChunk;
        var title = $"a node receives {published:N0} events of {EventSize:N0} B in {options.SlowFor.TotalSeconds:N0} s and delivers {farLast.Delivered - far.Delivered:N0}: growth of the heap, ";
        const string Parts = "8 × (max-unacknowledged + max-kept) + history + a chunk of the transport";
        return
        [
            Finding(title + "receiver", far, farMost),
            Finding(title + "sender", near, nearMost),
            new("bytes that wait on the receiver, at the most that was seen", Statistics.MiB(farMost.Waiting),
                $"≤ {Statistics.MiB(Lanes.Count * settings.MaxUnacknowledged)} = 8 × max-unacknowledged", farMost.Waiting <= Lanes.Count * settings.MaxUnacknowledged),
        ];

        Finding Finding(string name, MemberReport before, MemberReport most)
        {
            var limit = bound + most.KeptBytes - before.KeptBytes;
            var grown = most.Heap - before.Heap;
            return new Finding(name, Statistics.MiB(grown), $"≤ {Statistics.MiB(limit)} = {Parts}", grown <= limit);
        }
    }

    // Publishes at the rate, or as fast as this node can.
    private static async Task<long> PublishAsync(BenchNode node, TimeSpan duration)
    {
        var (begun, published) = (Stopwatch.GetTimestamp(), 0L);
        while (Stopwatch.GetElapsedTime(begun) is var elapsed && elapsed < duration)
        {
            var last = ValueTask.CompletedTask;
            for (; published < elapsed.TotalSeconds * PublishesPerSecond; published++)
            {
                await last;
                last = node.Hub.PublishAsync(BenchTopics.Busy.For((int)(published % BenchTopics.BusyTopics)), s_event);
            }

            await last;
            await Task.Delay(s_step);
        }

        return published;
    }

    private static MemberReport Larger(MemberReport one, MemberReport other) => other.Heap > one.Heap ? other : one;
}
