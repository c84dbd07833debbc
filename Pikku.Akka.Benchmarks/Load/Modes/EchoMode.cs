using System.Diagnostics;
using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Modes;

/// <summary>N connections, each with W requests in flight. Every reply is checked against its request.</summary>
internal sealed class EchoMode(Options o) : Mode(o, pubsub: false)
{
    private sealed class State(int window)
    {
        public readonly uint[] Sequence = new uint[window];     // 0: slot is free
        public readonly long[] Started = new long[window];
        public readonly Stack<int> Free = new(Enumerable.Range(0, window).Reverse());
        public uint Next = 1;
    }

    private long _outstanding, _skipped, _nextDue;
    private int _turn;
    private readonly byte[] _payload = Payload.NewTemplate(o.PayloadBytes);

    public override bool Execute()
    {
        for (int i = 0; i < O.Connections; i++) Loop.Add().Tag = new State(O.Window);
        double took = Loop.ConnectAll(60);
        Result["connectPerSecond"] = Math.Round(O.Connections / took, 1);
        Func<long>? tick = null;
        if (O.Rate > 0) { _nextDue = Stopwatch.GetTimestamp(); tick = Tick; }
        else
        {
            foreach (Conn c in Loop.Conns)
                for (int w = 0; w < O.Window; w++) SendNext(c, Stopwatch.GetTimestamp());
            Loop.FlushDirty();
        }
        Loop.Run(O.Warmup, tick: tick);
        if (AwaitStep()) _nextDue = Stopwatch.GetTimestamp();
        _skipped = 0;
        BeginWindow();
        Loop.Run(O.Duration, tick: tick);
        EndWindow("msg");
        Stopping = true;
        Loop.Run(5, () => _outstanding == 0);
        if (O.Rate > 0) Result["skipped"] = _skipped;
        return Finish(("lost", _outstanding));
    }

    /// <summary>Open loop: sends everything that is due, alternating between connections.</summary>
    private long Tick()
    {
        if (Stopping) return long.MaxValue;
        long step = (long)(1e9 / O.Rate), now = Stopwatch.GetTimestamp();
        while (_nextDue <= now)
        {
            Conn c = Loop.Conns[_turn++ % O.Connections];
            if (!SendNext(c, _nextDue)) _skipped++;
            _nextDue += step;
        }
        return _nextDue;
    }

    private bool SendNext(Conn c, long started)
    {
        var s = (State)c.Tag!;
        if (c.State != ConnState.Ready || !s.Free.TryPop(out int slot)) return false;
        uint seq = s.Next++;
        s.Sequence[slot] = seq;
        s.Started[slot] = started;
        Payload.Stamp(_payload, (uint)c.Index, (uint)slot, seq, 0);
        P.SendEcho(c, seq, _payload);
        _outstanding++;
        return true;
    }

    public override void OnEchoReply(Conn c, uint correlation, ReadOnlySpan<byte> payload)
    {
        var s = (State)c.Tag!;
        if (!Payload.TryRead(payload, Template, out uint conn, out uint slot, out uint seq, out _)
            || conn != c.Index || slot >= s.Sequence.Length || seq != correlation || s.Sequence[slot] != seq || seq == 0)
        {
            OnWrong(c, payload);
            return;
        }
        s.Sequence[slot] = 0;
        s.Free.Push((int)slot);
        _outstanding--;
        Messages++;
        Latency.Record(Loop.Now - s.Started[slot]);
        if (!Stopping && O.Rate <= 0) SendNext(c, Loop.Now);
    }
}
