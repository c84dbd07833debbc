using System.Diagnostics;
using System.Text;
using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Modes;

/// <summary>
/// Publish/subscribe: N subscribers over M topics (one topic in fan-out mode) and P publishers with W outstanding publishes each. A
/// publish is
/// complete when every subscriber of its topic has received it. Every delivery is checked: the topic is right, and each sequence number
/// arrives
/// exactly once and in order per publisher.
/// </summary>
internal sealed class PubSubMode(Options o) : Mode(o, pubsub: true)
{
    private sealed class Publisher(int id, int window)
    {
        public readonly int Id = id;
        public readonly long[] Started = new long[window];
        public readonly uint[] Sequence = new uint[window], Topic = new uint[window];
        public readonly int[] Remaining = new int[window];       // 0: slot is free
        public readonly Stack<int> Free = new(Enumerable.Range(0, window).Reverse());
        public uint[] NextSequence = [];                          // per topic
        public Conn Conn = null!;
    }

    private sealed class Subscriber(uint topic, byte[] name, int publishers)
    {
        public readonly uint Topic = topic;
        public readonly byte[] Name = name;
        public readonly uint[] Expected = new uint[publishers];
        public readonly HashSet<ulong> Missing = [];
    }

    private readonly List<Publisher> _publishers = [];
    private byte[][] _topics = [];
    private int[] _topicSize = [];
    private readonly byte[] _payload = Payload.NewTemplate(o.PayloadBytes);
    private long _published, _completed, _outstanding, _leaked, _duplicate, _reordered, _gaps, _timeouts, _skipped, _nextDue, _sendTurn;
    private ulong _random = 0x9E3779B97F4A7C15;

    public override bool Execute()
    {
        int topics = O.Mode == "topics" ? O.Topics : 1;
        _topics = [.. Enumerable.Range(0, topics).Select(i => Encoding.ASCII.GetBytes($"{O.Topic}{i}"))];
        _topicSize = new int[topics];
        var subs = new List<Conn>();
        for (int i = 0; i < O.Connections; i++)
        {
            Conn c = Loop.Add();
            c.Tag = new Subscriber((uint)(i % topics), _topics[i % topics], O.Publishers);
            _topicSize[i % topics]++;
            subs.Add(c);
        }
        for (int i = 0; i < O.Publishers; i++)
        {
            var p = new Publisher(i, O.Window) { NextSequence = new uint[topics] };
            p.Conn = Loop.Add();
            p.Conn.Tag = p;
            _publishers.Add(p);
        }
        double took = Loop.ConnectAll(60);
        Result["connectPerSecond"] = Math.Round(Loop.Conns.Count / took, 1);
        foreach (Conn c in subs) P.SendSubscribe(c, ((Subscriber)c.Tag!).Name);
        Loop.FlushDirty();
        if (!Loop.Run(30, () => Acks >= O.Connections)) throw new InvalidOperationException($"only {Acks} of {O.Connections} subscriptions were confirmed");
        Func<long> tick = O.Rate > 0 ? RateTick : TimeoutTick;
        _nextDue = Stopwatch.GetTimestamp();
        if (O.Rate <= 0)
        {
            foreach (Publisher p in _publishers)
                for (int w = 0; w < O.Window; w++) PublishNext(p, Stopwatch.GetTimestamp());
            Loop.FlushDirty();
        }
        Loop.Run(O.Warmup, tick: tick);
        long completed0 = _completed;
        _skipped = 0;
        BeginWindow();
        Loop.Run(O.Duration, tick: tick);
        EndWindow("dlv");
        Result["topics"] = topics;
        Result["publishers"] = O.Publishers;
        Result["publishesPerSecond"] = Math.Round((_completed - completed0) / O.Duration, 1);
        Stopping = true;
        Loop.Run(5, () => _outstanding == 0);
        // Events that were never delivered: gaps that stayed open plus missing ends.
        long lost = 0;
        foreach (Conn c in subs)
        {
            var s = (Subscriber)c.Tag!;
            lost += s.Missing.Count;
            foreach (Publisher p in _publishers) lost += p.NextSequence[s.Topic] - s.Expected[p.Id];
        }
        Result["published"] = _published;
        if (O.Rate > 0) Result["skipped"] = _skipped;
        return Finish(("lost", lost), ("duplicated", _duplicate), ("reordered", _reordered), ("leaked", _leaked), ("timeouts", _timeouts));
    }

    private long RateTick()
    {
        if (Stopping) return long.MaxValue;
        long step = (long)(1e9 / O.Rate), now = Stopwatch.GetTimestamp();
        while (_nextDue <= now)
        {
            if (!PublishNext(_publishers[(int)(_sendTurn++ % O.Publishers)], _nextDue)) _skipped++;
            _nextDue += step;
        }
        return _nextDue;
    }

    /// <summary>Frees publishes that did not complete within ten seconds, so that a lost delivery cannot block the run.</summary>
    private long TimeoutTick()
    {
        long now = Stopwatch.GetTimestamp();
        if (now < _nextDue) return _nextDue;
        _nextDue = now + 1_000_000_000;
        foreach (Publisher p in _publishers)
            for (int slot = 0; slot < p.Remaining.Length; slot++)
                if (p.Remaining[slot] > 0 && now - p.Started[slot] > 10_000_000_000)
                {
                    _timeouts++;
                    Complete(p, slot);
                }
        return _nextDue;
    }

    private bool PublishNext(Publisher p, long started)
    {
        if (Stopping || p.Conn.State != ConnState.Ready || !p.Free.TryPop(out int slot)) return false;
        uint topic = 0;
        if (_topics.Length > 1)
        {
            _random ^= _random << 13; _random ^= _random >> 7; _random ^= _random << 17;
            topic = (uint)(_random % (ulong)_topics.Length);
        }
        uint seq = p.NextSequence[topic]++;
        p.Started[slot] = started; p.Sequence[slot] = seq; p.Topic[slot] = topic; p.Remaining[slot] = _topicSize[topic];
        Payload.Stamp(_payload, (uint)p.Id, topic, seq, (uint)slot);
        P.SendPublish(p.Conn, _topics[topic], _payload);
        _published++;
        _outstanding++;
        return true;
    }

    private void Complete(Publisher p, int slot)
    {
        p.Remaining[slot] = 0;
        p.Free.Push(slot);
        _outstanding--;
        _completed++;
        if (!Stopping && O.Rate <= 0) PublishNext(p, Loop.Now);
    }

    public override void OnEvent(Conn c, ReadOnlySpan<byte> topicName, ReadOnlySpan<byte> payload)
    {
        if (c.Tag is not Subscriber s || !Payload.TryRead(payload, Template, out uint pub, out uint topic, out uint seq, out uint slot)
            || pub >= _publishers.Count || slot >= O.Window)
        {
            OnWrong(c, payload);
            return;
        }
        if (topic != s.Topic || !topicName.SequenceEqual(s.Name)) { _leaked++; return; }
        uint expected = s.Expected[pub];
        if (seq == expected) s.Expected[pub] = seq + 1;
        else if (seq > expected)
        {
            _gaps++;
            for (uint m = expected; m < seq; m++) s.Missing.Add((ulong)pub << 32 | m);
            s.Expected[pub] = seq + 1;
        }
        else if (s.Missing.Remove((ulong)pub << 32 | seq)) _reordered++;
        else { _duplicate++; return; }
        Messages++;
        Publisher p = _publishers[(int)pub];
        if (p.Remaining[slot] > 0 && p.Sequence[slot] == seq && p.Topic[slot] == topic)
        {
            Latency.Record(Loop.Now - p.Started[slot]);
            if (--p.Remaining[slot] == 0) Complete(p, (int)slot);
        }
    }
}
