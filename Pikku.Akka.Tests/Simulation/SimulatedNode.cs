using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>One life of a node: the real lane with its history, and around it what the actor of a lane does in production.</summary>
internal sealed class SimulatedNode : ILaneOutput
{
    private readonly SimulatedCluster _cluster;
    private readonly Random _random;
    private readonly Dictionary<int, long> _heard = [];
    private readonly List<Action<SimulatedNode>> _afterwards = [];
    private bool _flushIsScheduled;
    private bool _deliveryIsScheduled;
    private bool _wasReady;
    private int _sender;
    private LaneMessage? _received;

    public SimulatedNode(SimulatedCluster cluster, int id, int address)
    {
        (_cluster, Id, Address) = (cluster, id, address);
        _random = cluster.Options.Random(1000 + id);
        Clock = new SimulatedClock(cluster.Scheduler, _random.Next(1_000_000)) { Error = Scheduler.Milliseconds(_random.Uniform(-3, 3)) };
        // A restarted node may have a wall clock that is behind that of its life before.
        StartedByWallClock = Clock.WallTime - (_random.Chance(1.0 / 3) ? Scheduler.Milliseconds(40) : 0);
        Origin = new Origin(cluster.Mutator.OriginOf(this, (ulong)_random.NextInt64()));
        Writer = new SimulatedBatchWriter(id);
        Lane = new Lane(id, new LaneHistory(Origin, cluster.IsCrowded ? Scale.CrowdedHistory : Scale.History, 1, topic => Scale.OptionsOf(topic, cluster), Clock), Writer, Scale.Limits, this, new Random(_random.Next()));
        Subscriptions = new Subscriptions(cluster, this, _random);
        Knowledge = new Knowledge();
    }

    /// <summary>The unique id of this life.</summary>
    public int Id { get; }

    /// <summary>The host and port, which the next life has again.</summary>
    public int Address { get; }

    public Origin Origin { get; }

    public SimulatedClock Clock { get; }

    public long StartedByWallClock { get; }

    public SimulatedBatchWriter Writer { get; }

    public Lane Lane { get; }

    public Subscriptions Subscriptions { get; }

    /// <summary>What the judge knows of this node.</summary>
    public Knowledge Knowledge { get; }

    public bool IsUp { get; private set; } = true;

    public bool IsReady => IsUp && Lane.IsReady;

    /// <summary>The node does nothing before this time, in milliseconds.</summary>
    public long PausedUntil { get; private set; }

    public bool IsPaused => PausedUntil > _cluster.Scheduler.Now;

    /// <summary>Runs an action on this node: later while it is paused, and never when it has ended.</summary>
    public void Run(Action action)
    {
        if (!IsUp)
            return;
        if (IsPaused)
        {
            _cluster.Scheduler.At(PausedUntil, () => Run(action));
            return;
        }

        action();
        if (IsUp)
            AfterTurn();
    }

    public void RunAfter(double seconds, Action action) => _cluster.Scheduler.After(seconds, () => Run(action));

    public void Pause(double seconds) => PausedUntil = Math.Max(PausedUntil, _cluster.Scheduler.Now + Scheduler.Milliseconds(seconds));

    /// <summary>Begins to send beats.</summary>
    public void Start() => RunAfter(_random.NextDouble(), Tick);

    public void Receive(int sender, LaneMessage message)
    {
        _heard[sender] = _cluster.Scheduler.Now;
        var wasIncomplete = Lane.IsIncomplete;
        (_sender, _received) = (sender, message);
        if (_cluster.Mutator.Incoming(this, sender, message) is { } passed)
        {
            Lane.Receive(sender, passed);
            if (passed is LaneMessage.CopyChunk chunk && wasIncomplete && !Lane.IsIncomplete)
                Knowledge.Merge(_cluster.Judge.CopiedKnowledge(chunk.Copy));
            _cluster.Mutator.Received(this, passed);
        }

        (_sender, _received) = (0, null);
    }

    public void SetMember(int node, long age)
    {
        if (_cluster.Mutator.Introduces(this, node, age))
            Lane.SetMember(node, $"node{node}", age);
    }

    public void Remove(int node)
    {
        if (node == Id)
        {
            _cluster.Membership.Stop(this);
            return;
        }

        Lane.Remove(node);
        _cluster.Mutator.Removed(this, node);
    }

    public void Publish(SimulatedEvent content)
    {
        _cluster.Tracer.Step('p', Id, content.Uid);
        Lane.Publish(content, Scale.OptionsOf(content.Topic, _cluster));
    }

    /// <summary>The process ends: nothing that it has not sent is sent.</summary>
    public void End() => IsUp = false;

    void ILaneOutput.Send(LaneMember member, LaneMessage message)
    {
        if (message is LaneMessage.CopyHead head)
            _cluster.Judge.Picture(this, head.Copy);
        if (_cluster.Mutator.Outgoing(this, message) is { } passed)
            _cluster.Network.Send(this, member.Node, passed);
    }

    int ILaneOutput.Deliver(ReplicatedEvent content, bool isCurrent)
    {
        var delivered = (SimulatedEvent)content;
        _cluster.Tracer.Step('d', Id, delivered.Uid, isCurrent ? 1 : 0);
        if (_cluster.Tracer.IsText)
            _cluster.Tracer.Line($"{this} delivers {delivered}{(isCurrent ? "" : " (overwritten)")}");
        _cluster.Judge.Delivered(this, delivered, isCopied: _received is LaneMessage.CopyChunk);
        _cluster.Mutator.Delivered(this, delivered);
        return Subscriptions.Deliver(delivered, isCurrent);
    }

    void ILaneOutput.Refresh(string topic) => Subscriptions.Refresh(topic, isExcused: true);

    void ILaneOutput.Lost(string node, long batches)
    {
        _cluster.Statistics.Count("batches lost", batches);
        if (_cluster.Tracer.IsText)
            _cluster.Tracer.Line($"{this} has lost {batches} batches of {node}");
    }

    void ILaneOutput.Replicated(ReplicatedEvent content)
    {
        var isWitness = _received is LaneMessage.Acknowledge || (_received is LaneMessage.Beat && Lane.Members.Find(_sender) is { IsReady: true });
        _cluster.Judge.Replicated((SimulatedEvent)content, isWitness ? _sender : Id);
    }

    ReplicatedEvent ILaneOutput.CreateRemoval(string topic, string key, KeyedEntry entry, Stamp stamp) =>
        _cluster.Load.CreateRemoval(this, topic, key, entry, _cluster.Mutator.RemovalStamp(stamp));

    void ILaneOutput.GivenUp() => _afterwards.Add(static node => node._cluster.Membership.Stop(node));

    void ILaneOutput.Unreadable(int node, InvalidDataException error) => throw new Violation($"a batch of node {node} can't be read: {error.Message}");

    void ILaneOutput.Paced(LaneMember member) => _cluster.Statistics.Count("paced");

    public override string ToString() => $"node{Id}";

    private void Tick()
    {
        var now = _cluster.Scheduler.Now;
        foreach (var member in Lane.Members.Others.ToList())
        {
            _heard.TryAdd(member.Node, now);
            Lane.SetReachable(member.Node, now - _heard[member.Node] < Scheduler.Milliseconds(Scale.Unreachable));
        }

        _cluster.Mutator.BeforeTick(this);
        Lane.Tick();
        _cluster.Mutator.AfterTick(this);
        _cluster.Judge.CheckBounds(this);
        Subscriptions.Retry();
        RunAfter(Scale.Tick, Tick);
    }

    // What the actor of a lane does after each message.
    private void AfterTurn()
    {
        if (_afterwards.Count > 0)
        {
            foreach (var action in _afterwards)
                action(this);
            _afterwards.Clear();
            if (!IsUp)
                return;
        }

        if (Lane.IsReady && !_wasReady)
        {
            _wasReady = true;
            _cluster.Judge.BecameReady(this);
        }

        if (Lane.CanDeliver && !_deliveryIsScheduled)
        {
            _deliveryIsScheduled = true;
            RunAfter(_random.Uniform(0, .02), Deliver);
        }

        if (!Writer.IsEmpty && !_flushIsScheduled)
        {
            _flushIsScheduled = true;
            RunAfter(_random.Uniform(0, .3), Flush);
        }

        Subscriptions.RetryChanged();
    }

    private void Deliver()
    {
        _deliveryIsScheduled = false;
        Lane.Deliver(1 + _random.Next(12));
    }

    private void Flush()
    {
        _flushIsScheduled = false;
        Lane.Flush();
    }
}
