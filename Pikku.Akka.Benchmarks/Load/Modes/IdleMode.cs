using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Modes;

/// <summary>Opens N connections and keeps them open, as a client of the protocol does: memory per connection, connect rate, CPU while idle.</summary>
internal sealed class IdleMode(Options options) : Mode(options, pubsub: false)
{
    private long _answers;

    public override bool Execute()
    {
        // One connection first, so that one-time startup costs do not count.
        Loop.Add();
        Loop.ConnectAll(30);
        Idle(O.Settle);
        AwaitStep(KeepAlive);
        var before = ProcStats.Read(O.ServerPid);

        for (var i = 1; i < O.Connections; i++)
            Loop.Add();
        var took = Loop.ConnectAll(300, KeepAlive);
        var connected = ProcStats.Read(O.ServerPid);
        AwaitStep(KeepAlive);
        Idle(O.Settle);
        var settled = ProcStats.Read(O.ServerPid);
        Idle(O.IdleSeconds);
        var idle = ProcStats.Read(O.ServerPid);

        double opened = O.Connections - 1;
        Result["mode"] = O.Mode;
        Result["name"] = O.Name;
        Result["protocol"] = O.Protocol;
        Result["connections"] = O.Connections;
        Result["connectSeconds"] = Math.Round(took, 3);
        Result["connectPerSecond"] = Math.Round(opened / took, 1);
        Result["connectServerUs"] = Math.Round((connected.CpuSeconds - before.CpuSeconds) * 1e6 / opened, 1);
        Result["rssBeforeMb"] = Math.Round(before.RssKb / 1024.0, 1);
        Result["rssConnectedMb"] = Math.Round(connected.RssKb / 1024.0, 1);
        Result["rssSettledMb"] = Math.Round(settled.RssKb / 1024.0, 1);
        Result["kbPerConnection"] = Math.Round((settled.RssKb - before.RssKb) / opened, 2);
        if (O.IdleSeconds > 0)
            Result["idleCores"] = Math.Round((idle.CpuSeconds - settled.CpuSeconds) / O.IdleSeconds, 4);

        AwaitStep(KeepAlive);
        SendToAllConnections();
        Stopping = true;
        Result["answers"] = _answers;
        return Finish(("silent", O.Connections - _answers));
    }

    public override void OnEchoReply(Conn c, uint correlation, ReadOnlySpan<byte> payload)
    {
        if (Payload.TryRead(payload, Template, out var index, out _, out var sequence, out _) && index == c.Index && sequence == correlation)
            _answers++;
        else
            OnWrong(c, payload);
    }

    private void Idle(double seconds) => Loop.Run(seconds, tick: KeepAlive);

    // Verifies that every connection still works.
    private void SendToAllConnections()
    {
        var payload = Payload.NewTemplate(O.PayloadBytes);
        foreach (var c in Loop.Conns)
        {
            // raw echoes its input, so the sequence number is the correlation id in all protocols.
            Payload.Stamp(payload, (uint)c.Index, 0, 1, 0);
            P.SendEcho(c, 1, payload);
            if (c.Index % 100 == 99)
            {
                Loop.FlushDirty();
                Loop.Run(0.001);
            }
        }

        Loop.FlushDirty();
        Loop.Run(30, () => _answers == O.Connections);
    }
}
