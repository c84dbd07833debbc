using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Pikku.Akka.Benchmarks.Load.Connections;
using Pikku.Akka.Benchmarks.Load.Protocols;

namespace Pikku.Akka.Benchmarks.Load.Modes;

/// <summary>
/// Clients that lose their server and resume on others. The mode subscribes all clients, writes the line <c>ready</c>, and waits until somebody ends the server. Each client
/// then stays away for a time, connects to one of the survivors, and sends its position. The mode ends when every client has what it missed, and checks every number. With
/// <c>--steps on</c> nobody ends the server, but all clients drop their connections when a line arrives on the standard input.
/// </summary>
internal sealed class ResumeMode : IHandler
{
    private const double Patience = 60; // seconds, for the end of the server and for the last client
    private const int Shown = 3;

    private readonly Options _o;
    private readonly Messages _protocol;
    private readonly EventLoop _loop;
    private readonly PriorityQueue<ResumeClient, long> _away = new();
    private readonly Histogram _took = new();
    private long _subscribed, _closed, _done, _complete, _lost, _wrong, _firstClosed, _lastDone, _replayed, _leastReplayed = long.MaxValue, _turn;

    public ResumeMode(Options options)
    {
        _o = options;
        _protocol = new Messages(this);
        _loop = new EventLoop(options, _protocol, options.Url.PathAndQuery) { Handler = this };
    }

    /// <summary>Runs the mode; returns true if every client got everything.</summary>
    public bool Execute()
    {
        var clients = _o.Connections;
        for (var i = 0; i < clients; i++)
            _loop.Add().Tag = new ResumeClient(Encoding.ASCII.GetBytes($"{_o.Topic}{i % _o.Topics}"));
        _loop.ConnectAll(Patience);
        if (!_loop.Run(Patience, () => _subscribed == clients))
            throw new InvalidOperationException($"only {_subscribed} of {clients} subscriptions were confirmed");
        Console.Out.WriteLine(Mode.Ready);
        if (_o.HasSteps)
            DropAll();
        var isOver = _loop.Run(Patience, () => _closed > 0) && _loop.Run(Patience, () => _done == clients, Reconnect);
        if (!isOver)
            Console.Error.WriteLine($"after {Patience} s, {_closed} clients had lost their server and {_done} had everything");
        return Report(clients);
    }

    public void OnReady(Conn c)
    {
        var client = (ResumeClient)c.Tag!;
        _protocol.SendSubscribe(c, client.Topic, client.Back == 0 ? default : Encoding.ASCII.GetBytes(client.Position));
    }

    public void OnClosed(Conn c, string reason)
    {
        var client = (ResumeClient)c.Tag!;
        if (client.Back != 0)
        {
            Fault($"connection {c.Index} lost again: {reason}");
            return;
        }

        if (_closed++ == 0)
            _firstClosed = _loop.Now;
        client.Due = _loop.Now + (long)((_o.Away + Random.Shared.NextDouble() * _o.Spread) * 1e9);
        _away.Enqueue(client, client.Due);
    }

    public void OnEchoReply(Conn c, uint correlation, ReadOnlySpan<byte> payload) => OnUnexpected(c, payload);

    public void OnEvent(Conn c, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) => OnUnexpected(c, payload);

    public void OnAck(Conn c)
    {
    }

    public void OnUnexpected(Conn c, ReadOnlySpan<byte> message) => Fault($"unexpected message on connection {c.Index}: {Encoding.UTF8.GetString(message)}");

    private void OnReply(Conn c, ReadOnlySpan<byte> recovery, ReadOnlySpan<byte> message)
    {
        var client = (ResumeClient)c.Tag!;
        client.Replace(Protocol.Quoted(message, "\"position\":\""u8));
        if (client.Back == 0)
        {
            _subscribed++;
            return;
        }

        if (!recovery.SequenceEqual("complete"u8))
        {
            if (_lost++ < Shown)
                Console.Error.WriteLine(Encoding.UTF8.GetString(message));
            Finish(client);
            return;
        }

        _complete++;
        client.Missing = Number(message, "\"replayed\":"u8);
        _replayed += client.Missing.Value;
        _leastReplayed = Math.Min(_leastReplayed, client.Missing.Value);
        if (client.Missing == 0)
            Finish(client);
    }

    private void OnNumber(Conn c, ReadOnlySpan<byte> at, ReadOnlySpan<byte> message)
    {
        var client = (ResumeClient)c.Tag!;
        if (!client.Accept(at))
            Fault($"the number of {Encoding.UTF8.GetString(message)} does not follow {client.Position}");
        if (client.Missing is > 0 && --client.Missing == 0)
            Finish(client);
    }

    // The events that arrive before the line are read, so that every client knows its position.
    private void DropAll()
    {
        var line = Task.Run(Console.In.ReadLine);
        _loop.Run(Patience, () => line.IsCompleted);
        foreach (var c in _loop.Conns)
            _loop.Close(c, "dropped");
    }

    private void Finish(ResumeClient client)
    {
        _done++;
        _lastDone = _loop.Now;
        _took.Record(_loop.Now - client.Back);
    }

    private void Fault(string text)
    {
        if (_wrong++ < Shown)
            Console.Error.WriteLine(text);
    }

    // Opens the connections of the clients that come back now.
    private long Reconnect()
    {
        var now = Stopwatch.GetTimestamp();
        while (_away.TryPeek(out var client, out var due))
        {
            if (due > now)
                return due;
            _away.Dequeue();
            client.Back = now;
            _loop.Add(_o.Survivors[(int)(_turn++ % _o.Survivors.Count)]).Tag = client;
        }

        return long.MaxValue;
    }

    private bool Report(int clients)
    {
        var ok = _complete == clients && _done == clients && _wrong == 0;
        var result = new JsonObject
        {
            ["mode"] = _o.Mode, ["connections"] = clients, ["complete"] = _complete, ["lost"] = _lost, ["unfinished"] = clients - _done, ["wrong"] = _wrong,
            ["seconds"] = Math.Round((_lastDone - _firstClosed) / 1e9, 3), ["replayed"] = _replayed, ["leastReplayed"] = _complete == 0 ? 0 : _leastReplayed,
            ["p50us"] = Math.Round(_took.Quantile(.5) / 1e3, 1), ["p99us"] = Math.Round(_took.Quantile(.99) / 1e3, 1), ["maxus"] = Math.Round(_took.Max / 1e3, 1), ["ok"] = ok,
        };
        Console.Out.WriteLine(result.ToJsonString());
        _loop.CloseAll();
        return ok;
    }

    private static long Number(ReadOnlySpan<byte> message, ReadOnlySpan<byte> key)
    {
        var at = message.IndexOf(key);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(message[(at + key.Length)..], out long number, out _) ? number : 0;
    }

    /// <summary>Reads the positions, which other modes ignore.</summary>
    private sealed class Messages(ResumeMode mode) : PikkuV1Protocol
    {
        public override void Parse(Conn c, ReadOnlySpan<byte> message, IHandler handler)
        {
            var at = Quoted(message, "\"at\":\""u8);
            var recovery = Quoted(message, "\"recovery\":\""u8);
            if (!at.IsEmpty)
                mode.OnNumber(c, at, message);
            else if (!recovery.IsEmpty)
                mode.OnReply(c, recovery, message);
            else
                mode.OnUnexpected(c, message);
        }
    }
}
