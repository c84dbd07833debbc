using System.Globalization;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>The memory of one node, and what its settings account for.</summary>
/// <param name="Heap">The managed heap after a collection, in bytes.</param>
/// <param name="KeptEvents">The number of events that all topics keep.</param>
/// <param name="KeptBytes">Their memory, as <c>pikku.history.max-memory</c> counts it.</param>
/// <param name="Waiting">The bytes of other nodes that are received and not delivered.</param>
/// <param name="Delivered">The number of events that its subscriber has received.</param>
internal sealed record MemberReport(long Heap, long KeptEvents, long KeptBytes, long Waiting, long Delivered)
{
    /// <summary>Measures this process, which has one node.</summary>
    public static MemberReport Of(BenchNode node, long delivered)
    {
        var lanes = node.Links.All.ToArray();
        return new MemberReport(
            GC.GetTotalMemory(forceFullCollection: true), lanes.Sum(lane => (long)lane.KeptEvents), lanes.Sum(lane => lane.KeptBytes),
            lanes.Sum(lane => lane.Peers.Sum(peer => peer.Waiting)), delivered);
    }

    public static MemberReport Parse(string line) =>
        line.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray() is [var heap, var events, var bytes, var waiting, var delivered]
            ? new MemberReport(heap, events, bytes, waiting, delivered)
            : throw new FormatException($"'{line}' is no report.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Heap} {KeptEvents} {KeptBytes} {Waiting} {Delivered}");
}
