using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Pikku.Akka.Benchmarks.Load.Connections;
using Pikku.Akka.Benchmarks.Load.Protocols;

namespace Pikku.Akka.Benchmarks.Load.Modes;

/// <summary>The common parts of all modes: error counting, the measured window and the result line.</summary>
internal abstract class Mode : IHandler
{
    // The number of faults of each kind that are printed in full; all are counted.
    private const int Shown = 3;

    /// <summary>The line before a step.</summary>
    public const string Ready = "ready";

    // Seconds that a mode waits for the next step: longer than any other process needs for its part.
    private const double StepPatience = 600;

    private readonly Queue<(Conn Connection, long Due)> _keepAlives = new();
    private long _began;
    private long _wrong, _unexpected, _closed;
    private ProcSample _serverBefore;
    private TimeSpan _clientBefore;

    protected Mode(Options options, bool pubsub)
    {
        O = options;
        P = Protocol.Create(options.Protocol);
        var path = options.Url.PathAndQuery is "/" or "" ? P.DefaultPath(pubsub) : options.Url.PathAndQuery;
        Loop = new EventLoop(options, P, path) { Handler = this };
        Template = Payload.NewTemplate(options.PayloadBytes);
    }

    protected Options O { get; }

    protected Protocol P { get; }

    protected EventLoop Loop { get; }

    protected byte[] Template { get; }

    protected Histogram Latency { get; } = new();

    protected JsonObject Result { get; } = [];

    protected bool Stopping { get; set; }

    /// <summary>Messages in the measured window.</summary>
    protected long Messages { get; set; }

    protected long Acks { get; private set; }

    /// <summary>Runs the mode; returns true if no check failed.</summary>
    public abstract bool Execute();

    public virtual void OnReady(Conn c)
    {
        if (P.KeepAliveInterval is { } interval)
            _keepAlives.Enqueue((c, Loop.Now + (long)(interval * 1e9)));
    }

    public virtual void OnEchoReply(Conn c, uint correlation, ReadOnlySpan<byte> payload) => OnUnexpected(c, payload);

    public virtual void OnEvent(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) => OnUnexpected(c, payload);

    public virtual void OnAck(Conn c) => Acks++;

    public void OnUnexpected(Conn c, ReadOnlySpan<byte> message)
    {
        if (_unexpected++ < Shown)
            Console.Error.WriteLine($"unexpected message on connection {c.Index}: {Encoding.UTF8.GetString(message[..Math.Min(message.Length, 400)])}");
    }

    public virtual void OnClosed(Conn c, string reason)
    {
        if (!Stopping && _closed++ < Shown)
            Console.Error.WriteLine($"connection {c.Index} lost: {reason}");
    }

    protected void OnWrong(Conn c, ReadOnlySpan<byte> payload)
    {
        if (_wrong++ < Shown)
            Console.Error.WriteLine($"wrong message on connection {c.Index}: {Encoding.UTF8.GetString(payload)}");
    }

    /// <summary>Lets another program say when to go on, if it wants to. What arrives meanwhile is read.</summary>
    /// <param name="tick">See <see cref="EventLoop.Run"/>.</param>
    /// <returns>True if the mode has waited.</returns>
    protected bool AwaitStep(Func<long>? tick = null)
    {
        if (!O.HasSteps)
            return false;
        Console.Out.WriteLine(Ready);
        var line = Task.Run(Console.In.ReadLine);
        Loop.Run(StepPatience, () => line.IsCompleted, tick);
        return true;
    }

    /// <summary>Sends what keeps connections of the protocol open; for <see cref="EventLoop.Run"/>.</summary>
    protected long KeepAlive()
    {
        // Connections became ready in the order of the queue, and all have the same interval.
        var now = Stopwatch.GetTimestamp();
        while (_keepAlives.TryPeek(out var next))
        {
            if (next.Due > now)
                return next.Due;
            _keepAlives.Dequeue();
            if (next.Connection.State != ConnState.Ready)
                continue;
            P.SendKeepAlive(next.Connection);
            _keepAlives.Enqueue((next.Connection, next.Due + (long)(P.KeepAliveInterval!.Value * 1e9)));
        }

        return long.MaxValue;
    }

    protected void BeginWindow()
    {
        ProcStats.ResetPeak(O.ServerPid);
        Result["beganUnixMs"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        _serverBefore = ProcStats.Read(O.ServerPid);
        _clientBefore = Environment.CpuUsage.TotalTime;
        _began = Stopwatch.GetTimestamp();
        Messages = 0;
        Latency.Reset();
    }

    protected void EndWindow(string unit)
    {
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        var client = (Environment.CpuUsage.TotalTime - _clientBefore).TotalSeconds;
        var server = ProcStats.Read(O.ServerPid);
        Result["endedUnixMs"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Result["mode"] = O.Mode;
        Result["name"] = O.Name;
        Result["protocol"] = O.Protocol;
        Result["connections"] = O.Connections;
        Result["window"] = O.Window;
        Result["payloadBytes"] = O.PayloadBytes;
        if (O.Rate > 0)
            Result["rate"] = O.Rate;
        Result["seconds"] = Math.Round(seconds, 3);
        Result["unit"] = unit;
        Result["messages"] = Messages;
        Result["perSecond"] = Math.Round(Messages / seconds, 1);
        foreach (var (name, quantile) in new[] { ("p50us", .5), ("p90us", .9), ("p99us", .99), ("p999us", .999) })
            Result[name] = Math.Round(Latency.Quantile(quantile) / 1e3, 1);
        Result["maxus"] = Math.Round(Latency.Max / 1e3, 1);
        Result["clientCores"] = Math.Round(client / seconds, 3);
        if (O.ServerPid > 0)
            AddServer(server, seconds);
    }

    protected bool Finish(params ReadOnlySpan<(string Name, long Count)> faults)
    {
        var found = new List<string>();
        foreach (var (name, count) in (ReadOnlySpan<(string, long)>)
            [("closed", _closed), ("wrong", _wrong), ("unexpected", _unexpected), .. faults])
        {
            Result[name] = count;
            if (count != 0)
                found.Add($"{name} {count}");
        }

        Result["acks"] = Acks;
        Result["pings"] = Loop.Pings;
        Result["faults"] = string.Join(", ", found);
        Result["ok"] = found.Count == 0;
        Console.Out.WriteLine(Result.ToJsonString());
        Loop.CloseAll();
        return found.Count == 0;
    }

    private void AddServer(ProcSample server, double seconds)
    {
        var cpu = server.CpuSeconds - _serverBefore.CpuSeconds;
        Result["serverCores"] = Math.Round(cpu / seconds, 3);
        Result["serverRssMb"] = Math.Round(server.RssKb / 1024.0, 1);
        Result["serverPeakMb"] = Math.Round(server.PeakKb / 1024.0, 1);

        // A server without CPU time was not measured; no figure is better than a wrong 0.
        if (Messages == 0 || cpu <= 0)
            return;
        Result["serverUserShare"] = Math.Round((server.UserSeconds - _serverBefore.UserSeconds) / cpu, 3);
        Result["serverUsPerMessage"] = Math.Round(cpu * 1e6 / Messages, 3);
        Result["serverSwitchesPerMessage"] = Math.Round((server.ContextSwitches - _serverBefore.ContextSwitches) / (double)Messages, 4);
    }
}
