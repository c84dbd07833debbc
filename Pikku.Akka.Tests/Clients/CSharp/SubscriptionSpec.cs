using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>How the generated client subscribes to topics, shown against a server whose messages the test decides.</summary>
[Trait("Rule", "O2")]
public sealed class SubscriptionSpec : IDisposable
{
    private static readonly Uri Somewhere = new("ws://example.com");

    private readonly ScriptedServer _server = new();
    private readonly ManualTime _clock = new();
    private readonly ConcurrentQueue<Exception> _errors = new();
    private readonly ConcurrentQueue<string> _seen = new();

    private PikkuOptions Options => _server.Options with { OnError = _errors.Enqueue };

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Handlers_of_a_topic_share_one_subscription_that_ends_with_the_last_of_them()
    {
        await using var client = new Client(Somewhere, Options);
        var board = new BoardKey { BoardId = "7" };
        var first = client.Boards.SubscribeToBoard(board, data => _seen.Enqueue($"first {data}"), Noting("first"));
        using var socket = await _server.AcceptAsync();
        var id = await ExpectAsync(socket, "pikku-subscribe", "board:7");
        var second = client.Boards.SubscribeToBoard(board, data => _seen.Enqueue($"second {data}"), Noting("second"));
        await AnswerAsync(socket, "pikku-subscribe", id);
        await ScriptedServer.SendAsync(socket, """{"topic":"board:7","data":1}""");
        await Eventually.Holds(() => _seen.Count == 4, "both have seen the event");
        Assert.Equal(["first subscribed", "second subscribed", "first 1", "second 1"], _seen);

        first.Dispose();
        first.Dispose();
        second.Dispose();
        await ExpectAsync(socket, "pikku-unsubscribe", "board:7");
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task A_handler_that_is_added_while_the_client_unsubscribes_leads_to_a_new_subscription()
    {
        await using var client = new Client(Somewhere, Options);
        var board = new BoardKey { BoardId = "7" };
        var first = client.Boards.SubscribeToBoard(board, _ => { });
        using var socket = await _server.AcceptAsync();
        var id = await ExpectAsync(socket, "pikku-subscribe", "board:7");
        first.Dispose();
        await AnswerAsync(socket, "pikku-subscribe", id);
        id = await ExpectAsync(socket, "pikku-unsubscribe", "board:7");
        using var second = client.Boards.SubscribeToBoard(board, _ => { }, Noting("second"));
        Assert.Empty(_seen);
        await AnswerAsync(socket, "pikku-unsubscribe", id);
        id = await ExpectAsync(socket, "pikku-subscribe", "board:7");
        await AnswerAsync(socket, "pikku-subscribe", id);
        await Eventually.Holds(() => _seen.SequenceEqual(["second subscribed"]), "the second handler is subscribed");
    }

    [Fact]
    public async Task After_a_reconnect_the_client_subscribes_again_before_it_sends_what_waits()
    {
        await using var client = new Client(Somewhere, Options with { Clock = _clock, MinDelay = TimeSpan.FromSeconds(10), MaxDelay = TimeSpan.FromSeconds(10) });
        using var handler = client.Boards.SubscribeToBoard(new BoardKey { BoardId = "7" }, _ => { }, Noting("it"));
        using (var socket = await _server.AcceptAsync())
        {
            await AnswerAsync(socket, "pikku-subscribe", await ExpectAsync(socket, "pikku-subscribe", "board:7"));
            await Eventually.Holds(() => _seen.Count == 1, "it is subscribed");
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
        }

        await Eventually.Holds(() => client.Boards.State == PikkuState.Waiting, "it has noticed");
        var waiting = client.Boards.LogoutAsync();
        var accepting = _server.AcceptAsync();
        await Eventually.Holds(
            () =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                return accepting.IsCompleted;
            },
            "it tries again");
        using var next = await accepting;
        await AnswerAsync(next, "pikku-subscribe", await ExpectAsync(next, "pikku-subscribe", "board:7"));
        var message = await ReadAsync(next);
        Assert.Equal("logout", message.GetProperty("action").GetString());
        await ScriptedServer.SendAsync(next, $$$"""{"action":"logout","id":{{{message.GetProperty("id").GetRawText()}}},"data":{"ok":true}}""");
        await waiting.WaitAsync(Eventually.Patience);
        Assert.Equal(["it subscribed", "it subscribed"], _seen);
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_denial_and_an_end_remove_the_handlers_with_the_error_of_the_server()
    {
        await using var client = new Client(Somewhere, Options);
        var board = new BoardKey { BoardId = "7" };
        using var denied = client.Boards.SubscribeToBoard(board, _ => { }, Noting("denied"));
        using var socket = await _server.AcceptAsync();
        await FailAsync(socket, "pikku-subscribe", await ExpectAsync(socket, "pikku-subscribe", "board:7"), "ForbiddenError", 403);
        await Eventually.Holds(() => _seen.SequenceEqual(["denied denied 403"]), "it is denied");

        _seen.Clear();
        using var ended = client.Boards.SubscribeToBoard(board, _ => { }, Noting("ended"));
        using var silent = client.Boards.SubscribeToBoard(board, _ => { });
        await AnswerAsync(socket, "pikku-subscribe", await ExpectAsync(socket, "pikku-subscribe", "board:7"));
        // Directly behind the reply, so the client must have noted the subscription before it reads on.
        await ScriptedServer.SendAsync(socket, """{"action":"pikku-unsubscribed","subscribed":"board:7","error":{"name":"ForbiddenError","status":403,"message":"No."}}""");
        await Eventually.Holds(() => _seen.SequenceEqual(["ended subscribed", "ended ended 403"]), "it has ended");
        Assert.Equal("ForbiddenError", Assert.IsType<Generated.PikkuException>(Assert.Single(_errors)).Name);
    }

    [Fact]
    public async Task Another_error_is_reported_and_the_request_repeated_after_a_delay()
    {
        await using var client = new Client(Somewhere, Options with { Clock = _clock });
        using var handler = client.Boards.SubscribeToBoard(new BoardKey { BoardId = "7" }, _ => { }, Noting("it"));
        using var socket = await _server.AcceptAsync();
        await FailAsync(socket, "pikku-subscribe", await ExpectAsync(socket, "pikku-subscribe", "board:7"), "ServiceUnavailableError", 503);
        await Eventually.Holds(() => _errors.Count == 1, "it is reported");
        var next = ExpectAsync(socket, "pikku-subscribe", "board:7");
        await Eventually.Holds(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(0.5));
                return next.IsCompleted;
            },
            "it tries again");
        await AnswerAsync(socket, "pikku-subscribe", await next);
        await Eventually.Holds(() => _seen.SequenceEqual(["it subscribed"]), "it is subscribed");
    }

    [Fact]
    public async Task A_loop_receives_all_events_and_fails_when_some_may_be_missing()
    {
        await using var client = new Client(Somewhere, Options);
        var events = client.Boards.SubscribeToBoard(new BoardKey { BoardId = "7" }).GetAsyncEnumerator();
        using (var socket = await _server.AcceptAsync())
        {
            await AnswerAsync(socket, "pikku-subscribe", await ExpectAsync(socket, "pikku-subscribe", "board:7"));
            await ScriptedServer.SendAsync(socket, """{"topic":"board:7","data":1}""");
            await ScriptedServer.SendAsync(socket, """{"topic":"board:7","data":2}""");
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
        }

        Assert.True(await NextAsync(events));
        Assert.Equal(1, events.Current.GetInt32());
        Assert.True(await NextAsync(events));
        Assert.Equal(2, events.Current.GetInt32());
        await Assert.ThrowsAsync<PikkuConnectionLostException>(() => NextAsync(events));
        Assert.False(await NextAsync(events));
    }

    [Fact]
    public async Task A_loop_that_is_too_slow_fails_after_the_events_that_wait_and_ends_the_subscription()
    {
        await using var client = new Client(Somewhere, Options with { MaxBuffered = 2 });
        var events = client.Boards.SubscribeToBoard(new BoardKey { BoardId = "7" }).GetAsyncEnumerator();
        using var socket = await _server.AcceptAsync();
        await AnswerAsync(socket, "pikku-subscribe", await ExpectAsync(socket, "pikku-subscribe", "board:7"));
        foreach (var number in (int[])[1, 2, 3])
            await ScriptedServer.SendAsync(socket, $$"""{"topic":"board:7","data":{{number}}}""");
        await ExpectAsync(socket, "pikku-unsubscribe", "board:7");

        Assert.True(await NextAsync(events));
        Assert.True(await NextAsync(events));
        Assert.Equal(2, events.Current.GetInt32());
        await Assert.ThrowsAsync<PikkuBufferOverflowException>(() => NextAsync(events));
    }

    [Fact]
    public async Task A_loop_fails_when_the_subscription_is_denied_and_ends_with_its_token()
    {
        await using var client = new Client(Somewhere, Options);
        var denied = client.Boards.SubscribeToBoard(new BoardKey { BoardId = "7" }).GetAsyncEnumerator();
        using var socket = await _server.AcceptAsync();
        await FailAsync(socket, "pikku-subscribe", await ExpectAsync(socket, "pikku-subscribe", "board:7"), "ForbiddenError", 403);
        Assert.Equal(403, (await Assert.ThrowsAsync<Generated.PikkuException>(() => NextAsync(denied))).Status);

        using var cancel = new CancellationTokenSource();
        var canceled = client.Boards.SubscribeToBoard(new BoardKey { BoardId = "8" }, cancel.Token).GetAsyncEnumerator();
        await AnswerAsync(socket, "pikku-subscribe", await ExpectAsync(socket, "pikku-subscribe", "board:8"));
        var next = NextAsync(canceled);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await ExpectAsync(socket, "pikku-unsubscribe", "board:8");
    }

    [Theory]
    [InlineData("grün & more", "public:grün & more")]
    [InlineData("a:b/c", "public:a%3Ab%2Fc")]
    [InlineData("{%}", "public:%7B%25%7D")]
    [InlineData("\u0001\u007f", "public:%01%7F")]
    public void Only_characters_with_a_meaning_in_names_are_escaped(string value, string name) =>
        Assert.Equal(name, PikkuTopicName.Of("public:{name}", TopicScript.Json.Element(new NameKey { Name = value })));

    [Fact]
    public void A_key_may_be_a_simple_value_and_must_be_complete()
    {
        Assert.Equal("room:7/7", PikkuTopicName.Of("room:{number}/{number}", TopicScript.Json.Element(7)));
        Assert.Throws<ArgumentException>(() => PikkuTopicName.Of("room:{other}", TopicScript.Json.Element(new RoomKey { Number = 7 })));
    }

    private PikkuSubscriptionOptions Noting(string name) => new()
    {
        OnSubscribed = () => _seen.Enqueue($"{name} subscribed"),
        OnDenied = error => _seen.Enqueue($"{name} denied {error.Status}"),
        OnEnded = error => _seen.Enqueue($"{name} ended {error.Status}"),
    };

    private static Task<bool> NextAsync<T>(IAsyncEnumerator<T> events) => events.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience);

    private static async Task<JsonElement> ReadAsync(WebSocket socket) => JsonElement.Parse(await ScriptedServer.ReceiveAsync(socket));

    /// <summary>Reads a request and returns its id.</summary>
    private static async Task<string> ExpectAsync(WebSocket socket, string action, string topic)
    {
        var message = await ReadAsync(socket);
        Assert.Equal((action, topic), (message.GetProperty("action").GetString(), message.GetProperty("data").GetProperty("topic").GetString()));
        return message.GetProperty("id").GetRawText();
    }

    private static Task AnswerAsync(WebSocket socket, string action, string id) =>
        ScriptedServer.SendAsync(socket, $$"""{"action":"{{action}}","id":{{id}},"data":{"recovery":"none"} }""");

    private static Task FailAsync(WebSocket socket, string action, string id, string name, int status) =>
        ScriptedServer.SendAsync(socket, $$$"""{"action":"{{{action}}}","id":{{{id}}},"error":{"name":"{{{name}}}","status":{{{status}}},"message":"No."}}""");
}
