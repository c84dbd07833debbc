using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>
/// The links between nodes. Each direction of a link keeps the order, as a TCP connection does, but has its own delay, so messages that come by different links are
/// reordered. Messages get lost, arrive twice, and are cut off.
/// </summary>
internal sealed class Network(SimulatedCluster cluster, Random random)
{
    private const double Loss = .01;
    private const double Duplication = .005;

    private readonly Dictionary<(int From, int To), long> _lastArrivals = [];
    private readonly Dictionary<(int From, int To), long> _cuts = [];

    /// <summary>The addresses of one side of a partition; null without a partition.</summary>
    public HashSet<int>? Minority { get; set; }

    /// <summary>Cuts one direction of a link.</summary>
    public void Cut(int fromAddress, int toAddress, double seconds) =>
        _cuts[(fromAddress, toAddress)] = cluster.Scheduler.Now + Scheduler.Milliseconds(seconds);

    public void HealCuts() => _cuts.Clear();

    public void Send(SimulatedNode from, int node, LaneMessage message)
    {
        var to = cluster.Find(node);
        if (!to.IsUp || random.Chance(Loss) || IsBlocked(from, to))
            return;
        var arrival = cluster.Scheduler.Now + Scheduler.Milliseconds(random.Pick([.02, .1, .1, .5]) * random.NextDouble());
        arrival = Math.Max(arrival, _lastArrivals.GetValueOrDefault((from.Id, node))) + 1;
        var passed = cluster.Options.Wire(message);
        cluster.Scheduler.At(arrival, () => Arrive(from, to, passed));
        if (random.Chance(Duplication))
            cluster.Scheduler.At(++arrival, () => Arrive(from, to, passed));
        _lastArrivals[(from.Id, node)] = arrival;
    }

    private void Arrive(SimulatedNode from, SimulatedNode to, LaneMessage message)
    {
        if (IsBlocked(from, to))
            return;
        to.Run(() =>
        {
            cluster.Tracer.Step('m', to.Id, from.Id, message.GetType().Name[0]);
            if (cluster.Tracer.IsText)
                cluster.Tracer.Line($"{to} gets from {from}: {Describe(message)}");
            to.Receive(from.Id, message);
        });
    }

    private bool IsBlocked(SimulatedNode from, SimulatedNode to) =>
        _cuts.GetValueOrDefault((from.Address, to.Address)) > cluster.Scheduler.Now
        || (Minority is { } minority && minority.Contains(from.Address) != minority.Contains(to.Address));

    private static string Describe(LaneMessage message) => message switch
    {
        LaneMessage.Batch { Content: var batch } => $"batch {batch.Node}/{batch.Sequence} [{string.Join("; ", batch.Read())}]",
        LaneMessage.Beat beat => $"beat {(beat.IsReady ? "ready" : "not ready")} {string.Join(' ', beat.Digest.Select(entry => $"{entry.Node}/{entry.Next}"))}",
        LaneMessage.CopyHead head => $"head of {head.Copy} {string.Join(' ', head.Cut.Select(entry => $"{entry.Node}/{entry.Next}"))}, closed {string.Join(' ', head.Closed)}",
        LaneMessage.CopyChunk chunk => $"chunk {chunk.Index} of {chunk.Copy}: {string.Join(' ', chunk.Topics.Select(topic => topic.Name))}{(chunk.IsLast ? ", the last" : "")}",
        _ => message.ToString(),
    };
}
