using System.Diagnostics;
using System.Text;
using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Modes;

/// <summary>
/// M topics with one subscriber each, spread over N connections: what a topic and its subscription cost in memory, and what a publish to one of them costs. One publisher, on
/// this server or on another one of its cluster, has W publishes in flight or sends at a rate. Each event must arrive once, in order, at the connection of its topic.
/// </summary>
internal sealed class SpreadMode(Options o) : Mode(o, pubsub: true)
{
    private const double Patience = 120; // seconds for all subscriptions
    private const int InFlight = 2000; // subscribes

    private readonly byte[] _payload = Payload.NewTemplate(o.PayloadBytes);
    private readonly uint[] _next = new uint[o.Topics];
    private readonly uint[] _expected = new uint[o.Topics];
    private readonly byte[][] _topics = [.. Enumerable.Range(0, o.Topics).Select(i => Encoding.ASCII.GetBytes($"{o.Topic}{i}"))];
    private readonly Dictionary<(uint Topic, uint Sequence), long> _started = [];
    private Conn _publisher = null!;
    private long _duplicated, _leaked, _skipped, _nextDue;
    private ulong _random = 0x9E3779B97F4A7C15;

    public override bool Execute()
    {
        for (var i = 0; i < O.Connections; i++)
            Loop.Add();
        _publisher = Loop.Add(O.PublishUrl);
        Loop.ConnectAll(Patience);
        Loop.Run(O.Settle);
        var before = ProcStats.Read(O.ServerPid);
        var began = Stopwatch.GetTimestamp();
        Subscribe();
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Loop.Run(O.Settle);
        var settled = ProcStats.Read(O.ServerPid);
        Result["subscribePerSecond"] = Math.Round(O.Topics / took, 1);
        Result["subscribeServerUs"] = Math.Round((settled.CpuSeconds - before.CpuSeconds) * 1e6 / O.Topics, 1);
        Result["kbPerSubscription"] = Math.Round((settled.RssKb - before.RssKb) / (double)O.Topics, 3);

        Start();
        Loop.Run(O.Warmup, tick: O.Rate > 0 ? Tick : null);
        if (AwaitStep())
            _nextDue = Stopwatch.GetTimestamp();
        _skipped = 0;
        BeginWindow();
        Loop.Run(O.Duration, tick: O.Rate > 0 ? Tick : null);
        EndWindow("dlv");
        Result["topics"] = O.Topics;
        Stopping = true;
        Loop.Run(5, () => _started.Count == 0);
        Result["skipped"] = _skipped;
        return Finish(("lost", _started.Count), ("duplicated", _duplicated), ("leaked", _leaked));
    }

    public override void OnEvent(Conn c, ReadOnlySpan<byte> topicName, ReadOnlySpan<byte> payload)
    {
        if (!Payload.TryRead(payload, Template, out _, out var topic, out var sequence, out _) || topic >= O.Topics)
        {
            OnWrong(c, payload);
            return;
        }

        if (c.Index != topic % O.Connections || !topicName.SequenceEqual(_topics[topic]))
        {
            _leaked++;
            return;
        }

        // One publisher, so an event behind the expected one means that one was overtaken or lost; the lost ones stay in _started.
        if (sequence != _expected[topic])
            _duplicated++;
        _expected[topic] = sequence + 1;
        Messages++;
        if (!_started.Remove((topic, sequence), out var started))
            return;
        Latency.Record(Loop.Now - started);
        if (!Stopping && O.Rate <= 0)
            Publish(Loop.Now);
    }

    private void Subscribe()
    {
        for (var topic = 0; topic < O.Topics; topic++)
        {
            P.SendSubscribe(Loop.Conns[topic % O.Connections], _topics[topic]);
            if (topic + 1 - Acks < InFlight)
                continue;
            Loop.FlushDirty();
            var wanted = topic + 1 - InFlight / 2;
            Loop.Run(Patience, () => Acks >= wanted);
        }

        Loop.FlushDirty();
        if (!Loop.Run(Patience, () => Acks >= O.Topics))
            throw new InvalidOperationException($"only {Acks} of {O.Topics} subscriptions were confirmed");
    }

    private void Start()
    {
        _nextDue = Stopwatch.GetTimestamp();
        if (O.Rate > 0)
            return;
        for (var i = 0; i < O.Window; i++)
            Publish(Stopwatch.GetTimestamp());
        Loop.FlushDirty();
    }

    private long Tick()
    {
        var (step, now) = ((long)(1e9 / O.Rate), Stopwatch.GetTimestamp());
        for (; _nextDue <= now; _nextDue += step)
        {
            if (_started.Count < O.Window)
                Publish(_nextDue);
            else
                _skipped++;
        }

        return _nextDue;
    }

    private void Publish(long started)
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        var topic = (uint)(_random % (ulong)O.Topics);
        var sequence = _next[topic]++;
        _started[(topic, sequence)] = started;
        Payload.Stamp(_payload, 0, topic, sequence, 0);
        P.SendPublish(_publisher, _topics[topic], _payload);
    }
}
