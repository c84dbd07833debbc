using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>
/// Breaks one rule, from outside of the code under test: it changes messages on the way in and out, clocks, answers and the order of calls, and it uses the parts of
/// a lane against the rules. <see cref="CopyMutator"/> has the rules of copies, <see cref="JudgeMutator"/> those of the answers to clients. Rules of clients and
/// subscriptions are broken where they are.
/// </summary>
internal sealed class Mutator(SimulatedCluster cluster, Mutation mutation)
{
    private readonly CopyMutator _copies = new(cluster, mutation);
    private readonly HashSet<(int Node, int Member)> _met = [];
    private readonly HashSet<(int Node, int Member)> _stale = [];
    private readonly Dictionary<(int Node, int Member), long> _unheard = [];
    private readonly Dictionary<int, long> _ages = [];
    private readonly Dictionary<int, long> _joined = [];
    private readonly Dictionary<int, long> _hybridTimes = [];
    private readonly HashSet<(int Node, int Origin, long First, int Member)> _unavailable = [];

    public bool Is(Mutation one) => mutation == one;

    public ulong OriginOf(SimulatedNode node, ulong drawn) => Is(Mutation.SameOrigin) ? (ulong)node.Address + 1 : drawn;

    /// <returns>What the lane receives; null for nothing.</returns>
    public LaneMessage? Incoming(SimulatedNode node, int sender, LaneMessage message)
    {
        switch (mutation)
        {
            case Mutation.NoRepair:
                JumpOverHole(node, sender, message);
                break;
            case Mutation.LaneOnBatch:
                if (_unheard.Remove((node.Id, sender), out var age))
                    node.Lane.SetMember(sender, $"node{sender}", age);
                break;
            case Mutation.LateStart when node.IsReady:
                StartLate(node, message);
                break;
            case Mutation.GapSkip when message is LaneMessage.Unavailable unavailable:
                return SkipGap(node, sender, unavailable) ? null : message;
            case Mutation.ClockLife:
                return WithoutStale(node, message);
            case Mutation.AckReceipt when message is LaneMessage.Batch { Content: var batch }:
                cluster.Network.Send(node, batch.Node, new LaneMessage.Acknowledge(batch.Sequence + 1));
                break;
        }

        return _copies.Incoming(node, sender, message);
    }

    /// <summary>Called after a lane has received a message.</summary>
    public void Received(SimulatedNode node, LaneMessage message) => _copies.Received(node, message);

    /// <returns>What is sent; null for nothing.</returns>
    public LaneMessage? Outgoing(SimulatedNode node, LaneMessage message)
    {
        if (message is not LaneMessage.Beat beat)
            return _copies.Outgoing(node, message);
        Predicate<(int Node, long Next)>? isHidden = mutation switch
        {
            Mutation.NoTail => entry => entry.Node == node.Id,
            Mutation.NoAgreement => entry => node.Lane.Members.FindLog(entry.Node)?.ClosedAt is not null,
            Mutation.OneShot => entry => node.Lane.Members.FindLog(entry.Node)?.ClosedAt is { } closed && node.Lane.History.Now - closed > Scheduler.Milliseconds(1.5),
            _ => null,
        };
        return isHidden is null ? beat : beat with { Digest = beat.Digest.Where(entry => !isHidden(entry)).ToList() };
    }

    /// <returns>False when the lane does not learn of the member now.</returns>
    public bool Introduces(SimulatedNode node, int member, long age)
    {
        if (member == node.Id)
        {
            _ages[node.Id] = age;
            _joined.TryAdd(node.Id, cluster.Scheduler.Now);
            return true;
        }

        if (Is(Mutation.ClockLife))
            NoteStale(node, member);
        if (!Is(Mutation.LaneOnBatch) || !node.IsReady || node.Lane.Members.Find(member) is not null)
            return true;
        _unheard[(node.Id, member)] = age;
        return false;
    }

    /// <summary>Called after a member was removed.</summary>
    public void Removed(SimulatedNode node, int member)
    {
        _unheard.Remove((node.Id, member));
        if (Is(Mutation.ForgetClosed))
            node.Lane.Members.Forget(long.MaxValue);
    }

    public void BeforeTick(SimulatedNode node)
    {
        var others = node.Lane.Members.Others;
        switch (mutation)
        {
            case Mutation.FoundEarly when !node.Lane.IsReady && others.All(static member => !member.IsReady)
                    && cluster.Scheduler.Now - _joined[node.Id] > Scheduler.Milliseconds(3):
                node.Lane.SetMember(node.Id, "", long.MinValue);
                Promise(node);
                break;
            case Mutation.FoundByBeats when !node.Lane.IsReady && others.All(static member => member.IsHeard && !member.IsReady):
                Promise(node);
                break;
            case Mutation.LocalRemoval:
                DropOrphans(node);
                break;
        }
    }

    public void AfterTick(SimulatedNode node)
    {
        switch (mutation)
        {
            case Mutation.FoundEarly:
                node.Lane.SetMember(node.Id, "", _ages[node.Id]);
                break;
            case Mutation.ForgetEarly:
                ForgetNumbers(node, 20);
                break;
            case Mutation.ShortMemory:
                ForgetNumbers(node, Scale.ListedFor);
                break;
        }
    }

    /// <summary>Called after an event was applied.</summary>
    public void Delivered(SimulatedNode node, SimulatedEvent content)
    {
        if (content.Write is not { } write)
            return;
        _hybridTimes[node.Id] = Math.Max(_hybridTimes.GetValueOrDefault(node.Id), write.Stamp.Time);
        if (Is(Mutation.NoTombstone) && node.Lane.History.Find(content.Topic)?.Entries is { } entries && entries.TryGetValue(write.Key, out var entry) && entry.Value is null)
            entries.Remove(write.Key);
    }

    /// <summary>The stamp of a write; default for the one that the lane gives.</summary>
    public Stamp StampOf(SimulatedNode node) => mutation switch
    {
        Mutation.WallClock => new Stamp(node.Clock.WallTime, node.Origin),
        Mutation.CopyClock => new Stamp(
            _hybridTimes[node.Id] = Math.Max(node.Clock.WallTime, _hybridTimes.GetValueOrDefault(node.Id) + 1), node.Origin),
        _ => default,
    };

    /// <summary>The clear that the write of a session names.</summary>
    /// <param name="ofLogin">The last one that its login knew.</param>
    /// <param name="ofNode">The last one that the node knows that writes.</param>
    public Stamp FenceOf(Stamp ofLogin, Stamp ofNode) => mutation switch
    {
        Mutation.FreshFence => ofNode,
        Mutation.NoFence => default,
        _ => ofLogin,
    };

    public Stamp RemovalStamp(Stamp stamp) => Is(Mutation.FreshRemoval) ? default : stamp;

    public long NumberOf(SimulatedNode node, SimulatedEvent content, long number) =>
        Is(Mutation.CounterReset) && node.Lane.History.Find(content.Topic)?.Find(node.Origin) is null ? 1 : number;

    public Verdict Judge(SimulatedNode node, string topic, Position since) => JudgeMutator.Judge(mutation, node, topic, since);

    private static void JumpOverHole(SimulatedNode node, int sender, LaneMessage message)
    {
        if (!node.IsReady)
            return;
        if (message is LaneMessage.Batch { Content: var batch })
            node.Lane.Members.FindLog(batch.Node)?.BeginAt(batch.Sequence);
        else if (message is LaneMessage.Beat beat && beat.Digest.Any(entry => entry.Node == sender))
            node.Lane.Members.FindLog(sender)?.BeginAt(beat.Digest.First(entry => entry.Node == sender).Next);
    }

    private void StartLate(SimulatedNode node, LaneMessage message)
    {
        if (message is LaneMessage.Batch { Content: var batch })
            Start(batch.Node, batch.Sequence);
        else if (message is LaneMessage.Beat beat)
        {
            foreach (var (member, next) in beat.Digest)
                Start(member, next);
        }

        void Start(int member, long next)
        {
            if (node.Lane.Members.FindLog(member) is { Next: 0 } log && _met.Add((node.Id, member)))
                log.BeginAt(next);
        }
    }

    private bool SkipGap(SimulatedNode node, int sender, LaneMessage.Unavailable unavailable)
    {
        if (node.Lane.Members.FindLog(unavailable.Node) is not { } log || log.Next != unavailable.First)
            return false;
        _unavailable.Add((node.Id, unavailable.Node, unavailable.First, sender));
        var more = node.Lane.Members.Others.Where(member => member.Digest.GetValueOrDefault(log.Node) > log.Next).ToList();
        if (!more.TrueForAll(member => _unavailable.Contains((node.Id, unavailable.Node, unavailable.First, member.Node))))
            return false;
        log.BeginAt(log.FirstHeld ?? more.Select(member => member.Digest[log.Node]).DefaultIfEmpty(unavailable.First + 1).Max());
        return true;
    }

    private void NoteStale(SimulatedNode node, int member)
    {
        var life = cluster.Find(member);
        if (cluster.Nodes.Exists(other => other.Address == life.Address && other.StartedByWallClock > life.StartedByWallClock && node.Lane.Members.FindLog(other.Id) is not null))
            _stale.Add((node.Id, member));
    }

    private LaneMessage? WithoutStale(SimulatedNode node, LaneMessage message) => message switch
    {
        LaneMessage.Batch { Content: var batch } when _stale.Contains((node.Id, batch.Node)) => null,
        LaneMessage.Beat beat => beat with { Digest = beat.Digest.Where(entry => !_stale.Contains((node.Id, entry.Node))).ToList() },
        _ => message,
    };

    private static void Promise(SimulatedNode node)
    {
        foreach (var member in node.Lane.Members.Others.ToList())
            node.Lane.Receive(member.Node, LaneMessage.Promise.Instance);
    }

    private static void DropOrphans(SimulatedNode node)
    {
        if (node.Lane.History.Find(Scale.Keyed)?.Entries is not { } entries)
            return;
        foreach (var (key, entry) in entries)
        {
            if (entry.Owner is { } owner && !node.Lane.Members.Contains(owner))
                entries.Remove(key);
        }
    }

    private static void ForgetNumbers(SimulatedNode node, double after)
    {
        foreach (var topic in node.Lane.History.Topics.Values)
        {
            var kept = topic.Events().Select(static one => one.Event.Origin).ToHashSet();
            topic.Forget(numbers =>
                numbers.Origin != node.Origin && !kept.Contains(numbers.Origin) && node.Lane.History.Now - numbers.LastTime > Scheduler.Milliseconds(after));
        }
    }
}
