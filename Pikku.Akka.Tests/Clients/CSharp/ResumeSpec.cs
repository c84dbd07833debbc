using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using static Pikku.Akka.Tests.Clients.CSharp.TopicScript;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>How the generated client resumes topics with history, shown against a server whose messages the test decides.</summary>
[Trait("Rule", "P8")]
public sealed class ResumeSpec : IAsyncLifetime
{
    private static readonly Uri Somewhere = new("ws://example.com");
    private static readonly BoardKey Board = new() { BoardId = "7" };

    private readonly ScriptedServer _server = new();
    private readonly ManualTime _clock = new();
    private readonly ConcurrentQueue<Exception> _errors = new();
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly ConcurrentQueue<PikkuStateChange> _changes = new();
    private Client _client = null!;

    private PikkuOptions Options => _server.Options with { OnError = _errors.Enqueue };

    public Task InitializeAsync()
    {
        _client = new Client(Somewhere, Options);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task After_a_hole_the_client_subscribes_again_with_the_position_before_it_and_drops_events_until_the_reply()
    {
        using var socket = await SubscribeAsync("a.5,~h.1");
        await EventAsync(socket, 6, "a.6");
        await EventAsync(socket, 8, "a.8");
        await EventAsync(socket, 9, "a.9");
        var (id, since) = await ExpectSubscribeAsync(socket);
        Assert.Equal("a.6,~h.1", since);
        // The next one in numbers, but it belongs to the earlier subscription: the reply says what follows.
        await EventAsync(socket, 7, "a.7");
        await AnswerAsync(socket, id, """ "recovery":"complete","position":"a.6,~h.1","replayed":3 """);
        foreach (var number in (int[])[7, 8, 9])
            await EventAsync(socket, number, $"a.{number}");
        await Expect("subscribed", "6", "7", "8", "9");
    }

    [Fact]
    public async Task An_origin_that_the_position_does_not_name_begins_at_one()
    {
        using var socket = await SubscribeAsync("a.5");
        await EventAsync(socket, 1, "b.1");
        await EventAsync(socket, 2, "c.2");
        await ReplyAsync(socket, "a.5,b.1", """ "recovery":"complete","position":"a.5,b.1,c.1","replayed":1 """);
        await EventAsync(socket, 2, "c.2");
        await Expect("subscribed", "1", "2");
    }

    [Fact]
    public async Task Repeated_events_are_dropped()
    {
        using var socket = await SubscribeAsync("a.5");
        foreach (var number in (int[])[5, 6, 6, 1, 7])
            await EventAsync(socket, number, $"a.{number}");
        await Expect("subscribed", "6", "7");
    }

    [Fact, Trait("Rule", "P3")]
    public async Task A_position_without_an_event_advances_silently()
    {
        using var message = _client.Boards.OnMessage(text => _seen.Enqueue($"message {text}"));
        using var socket = await SubscribeAsync("a.5");
        await TickAsync(socket, "a.6");
        await EventAsync(socket, 7, "a.7");
        await Expect("subscribed", "7");
        await TickAsync(socket, "a.9");
        Assert.Equal("a.7", (await ExpectSubscribeAsync(socket)).Since);
    }

    [Fact, Trait("Rule", "P3")]
    public async Task A_refresh_that_names_more_events_than_the_client_has_is_a_hole()
    {
        using var socket = await SubscribeAsync("a.5");
        await RefreshAsync(socket, "a.6");
        await ReplyAsync(socket, "a.5", """ "recovery":"complete","position":"a.5","replayed":1 """);
        await EventAsync(socket, 6, "a.6");
        await Expect("subscribed", "6");
    }

    [Fact, Trait("Rule", "P3")]
    public async Task A_refresh_replaces_the_position_and_a_newer_minute_is_no_hole()
    {
        using var socket = await SubscribeAsync("a.5,gone.3,~h.1");
        await RefreshAsync(socket, "a.5,~h.361");
        await EventAsync(socket, 7, "a.7");
        Assert.Equal("a.5,~h.361", (await ExpectSubscribeAsync(socket)).Since);
    }

    [Fact, Trait("Rule", "P4")]
    public async Task After_a_reconnect_the_client_resumes_and_has_missed_nothing()
    {
        using var state = _client.Boards.OnState(_changes.Enqueue);
        using (var socket = await SubscribeAsync("a.5,~h.1"))
        {
            await EventAsync(socket, 6, "a.6");
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
        }

        using var next = await _server.AcceptAsync();
        await ReplyAsync(next, "a.6,~h.1", """ "recovery":"complete","position":"a.6,~h.1","replayed":1 """);
        await EventAsync(next, 7, "a.7");
        await EventAsync(next, 8, "a.8");
        await Expect("subscribed", "6", "subscribed", "7", "8");
        Assert.DoesNotContain(_changes, change => change.Missed);
    }

    [Theory, Trait("Rule", "P4")]
    [InlineData("expired", PikkuLossReason.Expired)]
    [InlineData("limit", PikkuLossReason.Limit)]
    [InlineData("unknown", PikkuLossReason.Unknown)]
    [InlineData("newer", PikkuLossReason.Unknown)]
    public async Task A_loss_is_told_with_its_reason_and_replaces_the_position(string reason, PikkuLossReason expected)
    {
        using var state = _client.Boards.OnState(_changes.Enqueue);
        using var socket = await SubscribeAsync("a.5,phantom.9,~h.1");
        await EventAsync(socket, 7, "a.7");
        await ReplyAsync(socket, "a.5,phantom.9,~h.1", $""" "recovery":"lost","reason":"{reason}","position":"a.9,~h.2" """);
        await EventAsync(socket, 10, "a.10");
        await Expect("subscribed", $"lost {expected}", "subscribed", "10");
        await Eventually.Holds(() => _changes.Any(change => change is { Missed: true, State: PikkuState.Open, Previous: PikkuState.Open }), "the route reports it");
        await EventAsync(socket, 12, "a.12");
        Assert.Equal("a.10,~h.2", (await ExpectSubscribeAsync(socket)).Since);
        Assert.Empty(_errors);
    }

    [Fact, Trait("Rule", "P4")]
    public async Task A_loss_that_no_handler_takes_is_reported()
    {
        using var handler = _client.Boards.SubscribeToBoard(Board, _ => { });
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","position":"a.5" """);
        await EventAsync(socket, 7, "a.7");
        await ReplyAsync(socket, "a.5", """ "recovery":"lost","reason":"expired","position":"a.9" """);
        await Eventually.Holds(() => !_errors.IsEmpty, "it is reported");
        Assert.Equal((Topic, PikkuLossReason.Expired), (_errors.OfType<PikkuEventsLostException>().Single().Topic, _errors.OfType<PikkuEventsLostException>().Single().Reason));
    }

    [Fact, Trait("Rule", "P4")]
    public async Task A_loop_resumes_by_itself_and_fails_only_when_events_are_lost()
    {
        await using var events = _client.Boards.SubscribeToBoard(Board).GetAsyncEnumerator();
        using (var socket = await _server.AcceptAsync())
        {
            await ReplyAsync(socket, null, """ "recovery":"none","position":"a.5" """);
            await EventAsync(socket, 6, "a.6");
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
        }

        using var next = await _server.AcceptAsync();
        await ReplyAsync(next, "a.6", """ "recovery":"complete","position":"a.6","replayed":1 """);
        await EventAsync(next, 7, "a.7");
        Assert.Equal(6, await NextAsync(events));
        Assert.Equal(7, await NextAsync(events));
        await EventAsync(next, 9, "a.9");
        await ReplyAsync(next, "a.7", """ "recovery":"lost","reason":"limit","position":"a.99" """);
        var loss = await Assert.ThrowsAsync<PikkuEventsLostException>(() => NextAsync(events));
        Assert.Equal(PikkuLossReason.Limit, loss.Reason);
        await ExpectUnsubscribeAsync(next);
    }

    [Fact]
    public async Task A_topic_without_history_tells_its_handlers_that_a_reconnect_lost_events()
    {
        using var state = _client.Boards.OnState(_changes.Enqueue);
        using (var socket = await SubscribeAsync(null))
        {
            await EventAsync(socket, 1);
            await Expect("subscribed", "1");
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
        }

        using var next = await _server.AcceptAsync();
        await ReplyAsync(next, null, """ "recovery":"none" """);
        await EventAsync(next, 2);
        await Expect("subscribed", "1", "lost NoHistory", "subscribed", "2");
        Assert.Contains(_changes, change => change.Missed);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task A_topic_that_has_lost_its_history_tells_the_loss_and_goes_on_without_positions()
    {
        using var socket = await SubscribeAsync("a.5");
        await EventAsync(socket, 7, "a.7");
        await ReplyAsync(socket, "a.5", """ "recovery":"lost","reason":"unknown" """);
        await EventAsync(socket, 1);
        await Expect("subscribed", "lost Unknown", "subscribed", "1");
    }

    [Fact]
    public async Task A_failed_repair_is_repeated_and_keeps_the_position()
    {
        await using var client = new Client(Somewhere, Options with { Clock = _clock });
        using var handler = client.Boards.SubscribeToBoard(Board, data => _seen.Enqueue(data.ToString()));
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","position":"a.5" """);
        await EventAsync(socket, 7, "a.7");
        var (id, _) = await ExpectSubscribeAsync(socket);
        await FailAsync(socket, id, 503);
        await EventAsync(socket, 6, "a.6");
        await EventAsync(socket, 8, "a.8");
        await AnswerAsync(socket, await AfterDelayAsync(socket, "a.5"), """ "recovery":"complete","position":"a.5","replayed":1 """);
        await EventAsync(socket, 6, "a.6");
        await Expect("6");
    }

    [Fact]
    public async Task A_server_that_replays_with_holes_is_not_asked_in_a_loop()
    {
        await using var client = new Client(Somewhere, Options with { Clock = _clock });
        using var handler = client.Boards.SubscribeToBoard(Board, data => _seen.Enqueue(data.ToString()));
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","position":"a.5" """);
        await EventAsync(socket, 7, "a.7");
        await ReplyAsync(socket, "a.5", """ "recovery":"complete","position":"a.5","replayed":1 """);
        var timers = _clock.WaitingTimers;
        await EventAsync(socket, 7, "a.7");
        await Eventually.Holds(() => _clock.WaitingTimers > timers, "the client waits before it asks again");
        await AnswerAsync(socket, await AfterDelayAsync(socket, "a.5"), """ "recovery":"complete","position":"a.5","replayed":1 """);
        await EventAsync(socket, 6, "a.6");
        await Expect("6");
        // The first hole after an event is repaired at once.
        await EventAsync(socket, 8, "a.8");
        Assert.Equal("a.6", (await ExpectSubscribeAsync(socket)).Since);
    }

    [Fact]
    public async Task The_last_handler_takes_the_position_with_it()
    {
        using var socket = await SubscribeAsync("a.5", out var first);
        first.Dispose();
        var id = await ExpectUnsubscribeAsync(socket);
        await ScriptedServer.SendAsync(socket, $$$"""{"action":"pikku-unsubscribe","id":{{{id}}},"data":{"unsubscribed":"{{{Topic}}}"}}""");
        using var second = _client.Boards.SubscribeToBoard(Board, _ => { });
        Assert.Null((await ExpectSubscribeAsync(socket)).Since);
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_repair_that_is_denied_removes_the_handlers_and_the_subscription_that_the_server_may_still_have()
    {
        using var handler = _client.Boards.SubscribeToBoard(Board, _ => { }, new PikkuSubscriptionOptions { OnDenied = error => _seen.Enqueue($"denied {error.Status}") });
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","position":"a.5" """);
        await EventAsync(socket, 7, "a.7");
        var (id, _) = await ExpectSubscribeAsync(socket);
        await FailAsync(socket, id, 403);
        await ExpectUnsubscribeAsync(socket);
        await Expect("denied 403");
    }

    [Fact]
    public async Task A_handler_that_is_removed_during_a_repair_ends_the_subscription()
    {
        await using var client = new Client(Somewhere, Options with { Clock = _clock });
        var handler = client.Boards.SubscribeToBoard(Board, _ => { });
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","position":"a.5" """);
        await EventAsync(socket, 7, "a.7");
        var (id, _) = await ExpectSubscribeAsync(socket);
        await FailAsync(socket, id, 503);
        await Eventually.Holds(() => _errors.Count == 1, "the client waits before it asks again");
        handler.Dispose();
        await ExpectUnsubscribeAsync(socket);
    }

    [Fact]
    public async Task When_the_route_is_closed_and_opened_again_handlers_resume()
    {
        using (var socket = await SubscribeAsync("a.5"))
            await socket.CloseOutputAsync((WebSocketCloseStatus)1000, "bye", default);
        await Eventually.Holds(() => _client.Boards.State == PikkuState.Closed, "it is closed");
        var connecting = _client.Boards.ConnectAsync();
        using var next = await _server.AcceptAsync();
        await ReplyAsync(next, "a.5", """ "recovery":"complete","position":"a.5","replayed":0 """);
        await connecting.WaitAsync(Eventually.Patience);
    }

    [Theory]
    [InlineData("a.5,~h.1,a.7", "a.7,~h.1")]
    [InlineData(" a.5 ,, b.2", "a.5,b.2")]
    [InlineData("a,.5,b.x,c.-1,d.99999999999999999999,e.1", "e.1")]
    public void The_greater_number_of_an_entry_counts_and_what_is_no_entry_is_ignored(string text, string expected) =>
        Assert.Equal(expected, PikkuPosition.Read(text).ToString());

    private Task<WebSocket> SubscribeAsync(string? position) => SubscribeAsync(position, out _);

    /// <summary>Adds a handler, accepts the connection and answers the subscribe with a position.</summary>
    private Task<WebSocket> SubscribeAsync(string? position, out IDisposable handler)
    {
        handler = _client.Boards.SubscribeToBoard(Board, (JsonElement data) => _seen.Enqueue(data.ToString()), new PikkuSubscriptionOptions
        {
            OnSubscribed = () => _seen.Enqueue("subscribed"),
            OnLost = loss => _seen.Enqueue($"lost {loss.Reason}"),
        });
        return AcceptAsync();

        async Task<WebSocket> AcceptAsync()
        {
            var socket = await _server.AcceptAsync();
            await ReplyAsync(socket, null, position is null ? "\"recovery\":\"none\"" : $"\"recovery\":\"none\",\"position\":\"{position}\"");
            return socket;
        }
    }

    private async Task<string> AfterDelayAsync(WebSocket socket, string expectedSince)
    {
        var request = ExpectSubscribeAsync(socket);
        await Eventually.Holds(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(0.5));
                return request.IsCompleted;
            },
            "it asks again");
        var (id, since) = await request;
        Assert.Equal(expectedSince, since);
        return id;
    }

    private Task Expect(params string[] seen) => Eventually.Holds(() => _seen.SequenceEqual(seen), $"{string.Join(", ", seen)}; saw {string.Join(", ", _seen)}");

    private static async Task<int> NextAsync(IAsyncEnumerator<JsonElement> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience));
        return events.Current.GetInt32();
    }
}
