using System.Globalization;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>
/// The faults of a run. They are drawn before the run, each with its own random numbers, so that a run can be repeated without some of them.
/// </summary>
internal sealed class FaultSchedule
{
    private readonly SimulatedCluster _cluster;
    private readonly List<Fault> _faults = [];

    public FaultSchedule(SimulatedCluster cluster, Random random)
    {
        _cluster = cluster;
        for (var time = 8 + random.Exponential(.12); time < Scale.FaultsEnd; time += random.Exponential(.12))
        {
            var kind = random.Weighted(
                (FaultKind.Kill, 4), (FaultKind.Leave, 3), (FaultKind.Pause, 2), (FaultKind.Freeze, 1), (FaultKind.Cut, 6), (FaultKind.Partition, 2),
                (FaultKind.Join, 7), (FaultKind.KillAll, .25), (FaultKind.KillTwo, 1), (FaultKind.Handover, 1), (FaultKind.ClockStep, 1));
            _faults.Add(new Fault(time, kind, random.Next()));
        }

        for (var i = 0; i < _faults.Count; i++)
        {
            var fault = _faults[i];
            if (!cluster.Options.WithoutFaults.Contains(i))
                cluster.Scheduler.After(fault.Time, () => Execute(fault));
        }

        cluster.Scheduler.After(Scale.FaultsEnd, cluster.Network.HealCuts);
    }

    /// <summary>The number of faults, those that do not happen too.</summary>
    public int Count => _faults.Count;

    public string Describe(int index) => string.Create(CultureInfo.InvariantCulture, $"{_faults[index].Time,9:F3} {_faults[index].Kind}");

    private void Execute(Fault fault)
    {
        var random = new Random(fault.Seed);
        var up = _cluster.Nodes.Where(static node => node.IsUp).ToList();
        var kind = fault.Kind;
        var isPartitioned = _cluster.Network.Minority is not null;
        if (isPartitioned && kind is FaultKind.Join or FaultKind.Partition or FaultKind.Freeze or FaultKind.KillAll or FaultKind.Leave or FaultKind.Handover)
        {
            if (isPartitioned)
                return;
        }

        if (up.Count == 0)
        {
            if (isPartitioned)
                return;
            kind = FaultKind.Join;
        }

        var node = up.Count > 0 ? random.Pick(up) : null;
        _cluster.Statistics.Count($"fault {kind}");
        _cluster.Tracer.Step('f', node?.Id ?? 0, (long)kind);
        if (_cluster.Tracer.IsText)
            _cluster.Tracer.Line($"-- {kind}, {node?.ToString() ?? "no node"}");
        switch (kind)
        {
            case FaultKind.Kill when up.Count > 1:
                _cluster.Membership.Kill(node!);
                break;
            case FaultKind.KillTwo when up.Count > 1:
                foreach (var one in random.Sample(up, Math.Min(up.Count - 1, 2)))
                    _cluster.Membership.Kill(one);
                break;
            case FaultKind.KillAll:
                up.ForEach(_cluster.Membership.Kill);
                _cluster.Scheduler.After(1, () => _cluster.Membership.Join(0));
                break;
            case FaultKind.Leave when up.Count > 1:
                _cluster.Membership.Leave(node!);
                break;
            case FaultKind.Pause:
                node!.Pause(random.Uniform(.5, 6));
                break;
            case FaultKind.Freeze when up.Count > 2:
                node!.Pause(Scale.Detection + random.Uniform(.1, 8));
                _cluster.Scheduler.After(Scale.Detection, () => _cluster.Membership.Detect(node));
                break;
            case FaultKind.Cut when up.Count > 1:
                Cut(up, random);
                break;
            case FaultKind.Partition when up.Count > 2:
                Partition(up, random);
                break;
            case FaultKind.Join when up.Count < Scale.MaxNodes:
                Join(up, node, random);
                break;
            case FaultKind.Handover when up.Count < Scale.MaxNodes - 1:
                HandOver(up, random);
                break;
            case FaultKind.ClockStep:
                node!.Clock.Error = Scheduler.Milliseconds(random.Uniform(-5, 5));
                break;
        }
    }

    private static IEnumerable<int> FreeAddresses(List<SimulatedNode> up) =>
        Enumerable.Range(0, Scale.MaxNodes).Where(address => up.TrueForAll(node => node.Address != address));

    private void Cut(List<SimulatedNode> up, Random random)
    {
        var ends = random.Sample(up.Select(static node => node.Address), 2);
        var seconds = random.Uniform(.3, 10);
        _cluster.Network.Cut(ends[0], ends[1], seconds);
        if (random.Chance(.5))
            _cluster.Network.Cut(ends[1], ends[0], seconds);
    }

    private void Partition(List<SimulatedNode> up, Random random)
    {
        var live = up.Where(node => _cluster.Membership.Contains(node.Id)).ToList();
        var minority = live.Count > 2 ? random.Sample(live, 1 + random.Next((live.Count - 1) / 2)) : [];
        _cluster.Network.Minority = [.. minority.Select(static node => node.Address)];
        var isDowned = random.Chance(.5);
        _cluster.Scheduler.After(isDowned ? Scale.Detection : random.Uniform(1, 8), () =>
        {
            if (!isDowned)
            {
                _cluster.Network.Minority = null;
                return;
            }

            _cluster.Membership.Down(minority);
            _cluster.Scheduler.After(6, () => _cluster.Network.Minority = null);
        });
    }

    private void Join(List<SimulatedNode> up, SimulatedNode? other, Random random)
    {
        var joiner = _cluster.Membership.Join(random.Pick([.. FreeAddresses(up)]));
        if (other is null || !random.Chance(.2))
            return;
        // A life so short that one node never hears a word of it.
        _cluster.Network.Cut(joiner.Address, other.Address, 5);
        joiner.RunAfter(random.Uniform(2, 4), () =>
        {
            _cluster.Load.Publish(joiner, "a", isPlain: true);
            _cluster.Membership.Leave(joiner);
        });
    }

    private void HandOver(List<SimulatedNode> up, Random random)
    {
        foreach (var address in random.Sample(FreeAddresses(up), 2))
            _cluster.Membership.Join(address);
        foreach (var node in up)
        {
            var (seconds, dies) = (random.Uniform(1, 3.5), random.Chance(.5));
            node.RunAfter(seconds, () =>
            {
                if (dies)
                    _cluster.Membership.Kill(node); // with an open batch
                else
                    _cluster.Membership.Leave(node);
            });
            for (var i = 0; i < 8; i++)
            {
                var topic = random.Pick(["a", "b"]);
                node.RunAfter(Math.Max(0, seconds - (.1 * i)), () => _cluster.Load.Publish(node, topic, isPlain: true));
            }
        }
    }

    private sealed record Fault(double Time, FaultKind Kind, int Seed);
}
