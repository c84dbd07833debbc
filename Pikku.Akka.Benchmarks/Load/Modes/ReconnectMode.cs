using System.Text;
using Pikku.Akka.Benchmarks.Load.Connections;

namespace Pikku.Akka.Benchmarks.Load.Modes;

/// <summary>
/// N clients over M topics without a history, in any protocol. All of them drop their connections at once, connect again as fast as the server accepts them, and subscribe again;
/// the mode ends when the last subscription is confirmed.
/// </summary>
internal sealed class ReconnectMode(Options o) : Mode(o, pubsub: true)
{
    private const double Patience = 120; // seconds

    private readonly byte[][] _topics = [.. Enumerable.Range(0, o.Topics).Select(i => Encoding.ASCII.GetBytes($"{o.Topic}{i}"))];
    private bool _dropping;
    private long _since;

    public override bool Execute()
    {
        var clients = O.Connections;
        for (var i = 0; i < clients; i++)
            Loop.Add();
        Loop.ConnectAll(Patience);
        if (!Loop.Run(Patience, () => Acks == clients))
            throw new InvalidOperationException($"only {Acks} of {clients} subscriptions were confirmed");
        Loop.Run(O.Settle, tick: KeepAlive);
        AwaitStep(KeepAlive);

        var before = ProcStats.Read(O.ServerPid);
        _dropping = true;
        foreach (var c in Loop.Conns)
            Loop.Close(c, "dropped");
        _dropping = false;
        _since = Loop.Now;
        for (var i = 0; i < clients; i++)
            Loop.Add();
        Loop.Run(Patience, () => Acks == 2 * clients);
        var seconds = (Loop.Now - _since) / 1e9;
        var after = ProcStats.Read(O.ServerPid);
        Result["mode"] = O.Mode;
        Result["name"] = O.Name;
        Result["connections"] = clients;
        Result["seconds"] = Math.Round(seconds, 3);
        Result["p50us"] = Math.Round(Latency.Quantile(.5) / 1e3, 1);
        Result["p99us"] = Math.Round(Latency.Quantile(.99) / 1e3, 1);
        Result["serverUsPerClient"] = Math.Round((after.CpuSeconds - before.CpuSeconds) * 1e6 / clients, 1);
        Result["serverCores"] = Math.Round((after.CpuSeconds - before.CpuSeconds) / seconds, 3);
        Stopping = true;
        return Finish(("missing", 2 * clients - Acks));
    }

    public override void OnReady(Conn c)
    {
        base.OnReady(c);
        P.SendSubscribe(c, _topics[c.Index % O.Topics]);
    }

    public override void OnAck(Conn c)
    {
        base.OnAck(c);
        if (_since != 0)
            Latency.Record(Loop.Now - _since);
    }

    public override void OnClosed(Conn c, string reason)
    {
        if (!_dropping)
            base.OnClosed(c, reason);
    }
}
