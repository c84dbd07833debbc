using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>
/// The server of one topic with history, and the connection to it, in one thread: several origins number their events, a ring keeps the last of them, and messages in both
/// directions wait in queues until the test moves them. It drops events on their way, sends some twice, and cuts the connection.
/// </summary>
internal sealed class TopicServer(int seed, int ringSize)
{
    public const string Topic = "board:7";

    private readonly Random _random = new(seed);
    private readonly List<(string Origin, long Number, bool IsTick)> _ring = [];
    private readonly Dictionary<string, long> _last = [];
    private readonly Dictionary<string, long> _floor = [];
    private readonly Queue<Action> _toClient = [];
    private readonly Queue<Action> _toServer = [];
    private int _origins;
    private int _connection;
    private bool _isSubscribed;
    private bool _hasDropped;

    /// <summary>All events except ticks, in the order of their publication.</summary>
    public List<(string Origin, long Number)> Published { get; } = [];

    /// <summary>The state of the topic: for each origin the number of the last event and the count of its events.</summary>
    public Dictionary<string, long[]> State { get; } = [];

    public bool IsConnected { get; private set; }

    public int Replays { get; private set; }

    public int Losses { get; private set; }

    public void Connect(PikkuSubscriptions client)
    {
        var connection = ++_connection;
        IsConnected = true;
        client.Open((action, topic, since, done) =>
        {
            Assert.Equal(Topic, topic);
            if (connection == _connection && IsConnected)
                _toServer.Enqueue(() => Answer(client, action, since, done));
        });
    }

    /// <summary>Ends the connection; a random part of what is on its way to the client still arrives.</summary>
    public void Cut(PikkuSubscriptions client)
    {
        for (var some = _random.Next(_toClient.Count + 1); some > 0; some--)
            MoveToClient();
        _toClient.Clear();
        _toServer.Clear();
        (IsConnected, _isSubscribed, _hasDropped) = (false, false, false);
        client.Lose(() => new InvalidOperationException("cut"), isFinal: false);
    }

    public bool MoveToClient()
    {
        if (!_toClient.TryDequeue(out var message))
            return false;
        message();
        return true;
    }

    public bool MoveToServer()
    {
        if (!_toServer.TryDequeue(out var request))
            return false;
        request();
        return true;
    }

    public void Publish(PikkuSubscriptions client)
    {
        if (_last.Count == 0 || _random.Next(50) == 0)
            _last.Add($"o{++_origins}", 0);
        var origin = _last.Keys.ElementAt(Math.Max(_random.Next(_last.Count), _last.Count - 3));
        var number = ++_last[origin];
        var isTick = _random.Next(10) == 0;
        if (!isTick)
        {
            Published.Add((origin, number));
            State[origin] = [number, State.GetValueOrDefault(origin, [0, 0])[1] + 1];
        }

        _ring.Add((origin, number, isTick));
        if (_ring.Count > ringSize)
        {
            _floor[_ring[0].Origin] = _ring[0].Number;
            _ring.RemoveAt(0);
        }

        if (!_isSubscribed)
            return;
        if (_random.Next(20) == 0)
        {
            _hasDropped = true;
            return;
        }

        Push(client, origin, number, isTick);
        if (_random.Next(20) == 0 && _ring.Count > 1)
        {
            var again = _ring[_random.Next(_ring.Count)];
            Push(client, again.Origin, again.Number, again.IsTick);
        }
    }

    /// <summary>Says how far the topic is, as a server does after it dropped events.</summary>
    public void Refresh(PikkuSubscriptions client, bool always = false)
    {
        if (!_isSubscribed || !(_hasDropped || always))
            return;
        _hasDropped = false;
        var message = JsonElement.Parse($$"""{"topic":"{{Topic}}","position":"{{Position()}}"}""");
        _toClient.Enqueue(() => client.Receive(Topic, message));
    }

    private void Push(PikkuSubscriptions client, string origin, long number, bool isTick)
    {
        var count = Published.Count(one => one.Origin == origin && one.Number <= number);
        var message = JsonElement.Parse(
            isTick ? $$"""{"topic":"{{Topic}}","at":"{{origin}}.{{number}}"}""" : $$$"""{"topic":"{{{Topic}}}","data":{"{{{origin}}}":[{{{number}}},{{{count}}}]},"at":"{{{origin}}}.{{{number}}}"}""");
        _toClient.Enqueue(() => client.Receive(Topic, message));
    }

    private void Answer(PikkuSubscriptions client, string action, string? since, Action<JsonElement, Exception?> done)
    {
        if (_random.Next(15) == 0)
        {
            _toClient.Enqueue(() => done(default, new Generated.PikkuException("ServiceUnavailableError", 503, "Later.")));
            return;
        }

        if (action == "pikku-unsubscribe")
        {
            _isSubscribed = false;
            _toClient.Enqueue(() => done(default, null));
            return;
        }

        _isSubscribed = true;
        _hasDropped = false;
        var known = since is null ? null : PikkuPosition.Read(since);
        var isComplete = known is not null && _floor.All(entry => known.Covers(entry.Key, entry.Value));
        var replay = isComplete ? _ring.Where(entry => !known!.Covers(entry.Origin, entry.Number)).ToArray() : [];
        var (recovery, position) = (known is null, isComplete) switch
        {
            (true, _) => ("\"none\"", Position()),
            (_, true) => ($"\"complete\",\"replayed\":{replay.Length}", since),
            _ => ("\"lost\",\"reason\":\"expired\"", Position()),
        };
        var state = isComplete ? "" : $$""","snapshot":{{JsonSerializer.Serialize(State)}}""";
        var reply = JsonElement.Parse($$"""{"subscribed":"{{Topic}}","recovery":{{recovery}},"position":"{{position}}"{{state}}}""");
        _toClient.Enqueue(() => done(reply, null));
        foreach (var (origin, number, isTick) in replay)
            Push(client, origin, number, isTick);
        Replays += isComplete ? 1 : 0;
        Losses += known is not null && !isComplete ? 1 : 0;
    }

    private string Position() => string.Join(',', _last.Select(entry => $"{entry.Key}.{entry.Value}").Append("~h.29403511"));
}
