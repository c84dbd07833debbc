using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using static Pikku.Akka.Tests.Clients.CSharp.TopicScript;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>How the generated client loads the state of a topic and keeps it current, shown against a server whose messages the test decides.</summary>
[Trait("Rule", "P9")]
public sealed class LiveTopicSpec : IAsyncLifetime
{
    private const string First = """ "recovery":"none","position":"a.5","snapshot":[5] """;

    private readonly ScriptedServer _server = new();
    private readonly ManualTime _clock = new();
    private readonly ConcurrentQueue<Exception> _errors = new();
    private readonly ConcurrentQueue<int> _followed = new();
    private PikkuConnection _connection = null!;

    public Task InitializeAsync()
    {
        _connection = Connect(_server.Options);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _connection.CloseAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task The_state_comes_first_and_events_change_it()
    {
        var statuses = new ConcurrentQueue<string>();
        using var live = Live();
        live.Changed += (_, _) => statuses.Enqueue($"{live.Status} {Text(live)}");
        Assert.Equal((PikkuLiveStatus.Loading, null), (live.Status, live.Value));
        var loading = live.WaitUntilLoadedAsync();
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, First);
        await loading.WaitAsync(Eventually.Patience);
        await EventAsync(socket, 6, "a.6");
        await EventAsync(socket, 7, "a.7");
        await Expect(live, "5,6,7");
        Assert.Equal(["Live 5", "Live 5,6", "Live 5,6,7"], statuses);
        await live.WaitUntilLoadedAsync();
    }

    [Fact]
    public async Task After_a_reconnect_the_state_is_stale_until_the_subscription_resumes()
    {
        using var live = Live();
        using (var socket = await _server.AcceptAsync())
        {
            await ReplyAsync(socket, null, First);
            await Expect(live, "5");
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
        }

        using var next = await _server.AcceptAsync();
        var (id, since) = await ExpectSubscribeAsync(next);
        Assert.Equal(("a.5", PikkuLiveStatus.Stale), (since, live.Status));
        Assert.IsType<PikkuConnectionLostException>(live.Error);
        await AnswerAsync(next, id, """ "recovery":"complete","position":"a.5","replayed":1 """);
        await EventAsync(next, 6, "a.6");
        await Expect(live, "5,6");
        Assert.Null(live.Error);
    }

    [Fact]
    public async Task Lost_events_are_replaced_by_the_state()
    {
        using var live = Live();
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, First);
        await EventAsync(socket, 8, "a.8");
        await ReplyAsync(socket, "a.5", """ "recovery":"lost","reason":"expired","position":"a.8","snapshot":[7,8] """);
        await EventAsync(socket, 9, "a.9");
        await Expect(live, "7,8,9");
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task A_loop_receives_the_state_the_events_and_the_state_again_with_the_reason_of_the_loss()
    {
        await using var updates = _connection.Events(Topic, needsState: true, item => item.ToUpdate<int[], int>(Json), default).GetAsyncEnumerator();
        using (var socket = await _server.AcceptAsync())
        {
            await ReplyAsync(socket, null, First);
            await EventAsync(socket, 6, "a.6");
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
        }

        using var next = await _server.AcceptAsync();
        await ReplyAsync(next, "a.6", """ "recovery":"complete","position":"a.6","replayed":1 """);
        await EventAsync(next, 7, "a.7");
        await EventAsync(next, 9, "a.9");
        await ReplyAsync(next, "a.7", """ "recovery":"lost","reason":"limit","position":"a.9","snapshot":[9] """);
        Assert.Equal("state 5 ", await NextAsync(updates));
        Assert.Equal("event 6 a.6 False", await NextAsync(updates));
        Assert.Equal("event 7 a.7 True", await NextAsync(updates));
        Assert.Equal("state 9 Limit", await NextAsync(updates));
    }

    [Fact]
    public async Task A_loop_over_events_tells_their_positions()
    {
        await using var events = _connection.Events(Topic, needsState: false, item => item.ToEvent<int>(Json), default).GetAsyncEnumerator();
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","position":"a.5" """);
        await EventAsync(socket, 7, "a.7");
        await ReplyAsync(socket, "a.5", """ "recovery":"complete","position":"a.5","replayed":3 """);
        await EventAsync(socket, 6, "a.6");
        await TickAsync(socket, "a.7"); // Counts as replayed, too.
        await EventAsync(socket, 8, "a.8");
        await EventAsync(socket, 9, "a.9");
        foreach (var expected in (PikkuEvent<int>[])[new(6, "a.6", true), new(8, "a.8", true), new(9, "a.9", false)])
        {
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience));
            Assert.Equal(expected, events.Current);
        }
    }

    [Fact]
    public async Task Who_joins_later_loads_the_state_and_those_who_follow_miss_nothing()
    {
        using var follower = Follow();
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","position":"a.5" """);
        await EventAsync(socket, 6, "a.6");
        await Eventually.Holds(() => _followed.Count == 1, "the handler follows");
        using var live = Live();
        var (id, since) = await ExpectSubscribeAsync(socket);
        Assert.Null(since);
        // On its way while the server loads the state, which contains it.
        await EventAsync(socket, 7, "a.7");
        await AnswerAsync(socket, id, """ "recovery":"none","position":"a.7","snapshot":[6,7] """);
        await ReplyAsync(socket, "a.6", """ "recovery":"complete","position":"a.6","replayed":2 """);
        await EventAsync(socket, 7, "a.7");
        await EventAsync(socket, 8, "a.8");
        await Expect(live, "6,7,8");
        await Eventually.Holds(() => _followed.SequenceEqual([6, 7, 8]), "the handler has missed nothing");
    }

    [Fact]
    public async Task While_the_state_of_a_topic_without_history_is_loaded_its_events_wait_for_it()
    {
        using var follower = Follow();
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","snapshot":[] """);
        await EventAsync(socket, 4);
        await Eventually.Holds(() => _followed.SequenceEqual([4]), "the handler is subscribed");
        using var live = Live();
        var (id, _) = await ExpectSubscribeAsync(socket);
        await EventAsync(socket, 6);
        await Eventually.Holds(() => _followed.SequenceEqual([4, 6]), "the handler follows");
        Assert.Equal(PikkuLiveStatus.Loading, live.Status);
        await AnswerAsync(socket, id, """ "recovery":"none","snapshot":[5] """);
        await EventAsync(socket, 7);
        await Expect(live, "5,6,7");
    }

    [Fact]
    public async Task Too_many_events_during_the_load_are_an_error_and_not_a_wrong_state()
    {
        await UseAsync(_server.Options with { MaxBuffered = 2, Clock = _clock });
        using var follower = Follow();
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","snapshot":[] """);
        await EventAsync(socket, 4);
        await Eventually.Holds(() => _followed.SequenceEqual([4]), "the handler is subscribed");
        using var live = Live();
        var (id, _) = await ExpectSubscribeAsync(socket);
        foreach (var number in (int[])[6, 7, 8])
            await EventAsync(socket, number);
        await AnswerAsync(socket, id, """ "recovery":"none","snapshot":[5] """);
        await Eventually.Holds(() => live.Error is PikkuBufferOverflowException, "it fails");
        await AnswerAsync(socket, await AfterDelayAsync(socket), """ "recovery":"none","snapshot":[8] """);
        await Expect(live, "8");
        Assert.Equal([4, 6, 7, 8], _followed);
    }

    [Fact]
    public async Task After_a_reconnect_the_state_of_a_topic_without_history_is_loaded_again()
    {
        using var live = Live();
        using (var socket = await _server.AcceptAsync())
        {
            await ReplyAsync(socket, null, """ "recovery":"none","snapshot":[5] """);
            await Expect(live, "5");
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
        }

        using var next = await _server.AcceptAsync();
        await ReplyAsync(next, null, """ "recovery":"none","snapshot":[9] """);
        await Expect(live, "9");
    }

    [Fact]
    public async Task An_event_that_cannot_be_applied_is_reported_and_the_state_loaded_again()
    {
        await UseAsync(_server.Options with { Clock = _clock });
        using var live = new PikkuLive<int[], int>(_connection, Topic, (state, number) => number == 6 ? throw new FormatException("six") : [.. state, number]);
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, First);
        await EventAsync(socket, 6, "a.6");
        await EventAsync(socket, 7, "a.7");
        await Eventually.Holds(() => live.Error is FormatException, "it fails");
        Assert.Equal((PikkuLiveStatus.Stale, "5"), (live.Status, Text(live)));
        await AnswerAsync(socket, await AfterDelayAsync(socket), """ "recovery":"none","position":"a.7","snapshot":[6,7] """);
        await EventAsync(socket, 8, "a.8");
        await Expect(live, "6,7,8");
        Assert.IsType<FormatException>(Assert.Single(_errors));
    }

    [Fact]
    public async Task A_state_of_another_type_fails_the_wait_and_is_loaded_again()
    {
        await UseAsync(_server.Options with { Clock = _clock });
        using var live = Live();
        var loading = live.WaitUntilLoadedAsync();
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, """ "recovery":"none","position":"a.5","snapshot":"text" """);
        await Assert.ThrowsAsync<JsonException>(() => loading.WaitAsync(Eventually.Patience));
        Assert.Equal(PikkuLiveStatus.Loading, live.Status);
        await AnswerAsync(socket, await AfterDelayAsync(socket), First);
        await Expect(live, "5");
    }

    [Fact]
    public async Task Reload_loads_the_state_again_and_applies_no_event_until_then()
    {
        PikkuLive<int[], int>? live = null;
        using var first = live = new PikkuLive<int[], int>(_connection, Topic, (state, number) =>
        {
            if (number == 6)
                live!.Reload();
            return [.. state, number];
        });
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, First);
        await EventAsync(socket, 6, "a.6");
        var (id, since) = await ExpectSubscribeAsync(socket);
        Assert.Null(since);
        Assert.Equal((PikkuLiveStatus.Stale, "5"), (live.Status, Text(live)));
        await AnswerAsync(socket, id, """ "recovery":"none","position":"a.6","snapshot":[6] """);
        await Expect(live, "6");
    }

    [Fact, Trait("Rule", "Q1")]
    public async Task A_denial_and_an_end_close_it_with_the_error_of_the_server()
    {
        using var denied = Live();
        var loading = denied.WaitUntilLoadedAsync();
        using var socket = await _server.AcceptAsync();
        var (id, _) = await ExpectSubscribeAsync(socket);
        await FailAsync(socket, id, 403);
        Assert.Equal(403, (await Assert.ThrowsAsync<Generated.PikkuException>(() => loading.WaitAsync(Eventually.Patience))).Status);
        Assert.Equal(PikkuLiveStatus.Closed, denied.Status);
        await Assert.ThrowsAsync<Generated.PikkuException>(() => denied.WaitUntilLoadedAsync());

        using var ended = Live();
        await ReplyAsync(socket, null, First);
        await Expect(ended, "5");
        await ScriptedServer.SendAsync(
            socket, $$$"""{"action":"pikku-unsubscribed","subscribed":"{{{Topic}}}","error":{"name":"ForbiddenError","status":403,"message":"No."}}""");
        await Eventually.Holds(() => ended is { Status: PikkuLiveStatus.Closed, Error: Generated.PikkuException { Status: 403 } }, "it is closed");
        Assert.Equal("5", Text(ended));
    }

    [Fact]
    public async Task Dispose_ends_the_subscription_and_the_wait()
    {
        var live = Live();
        var loading = live.WaitUntilLoadedAsync();
        using var socket = await _server.AcceptAsync();
        var (id, _) = await ExpectSubscribeAsync(socket);
        live.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loading.WaitAsync(Eventually.Patience));
        await AnswerAsync(socket, id, First);
        await ExpectUnsubscribeAsync(socket);
        Assert.Equal((PikkuLiveStatus.Closed, null), (live.Status, live.Value));
    }

    [Fact]
    public async Task A_closed_route_fails_the_wait_and_a_new_connection_revives_it()
    {
        using var live = Live();
        var loading = live.WaitUntilLoadedAsync();
        using (var socket = await _server.AcceptAsync())
        {
            await ExpectSubscribeAsync(socket);
            await socket.CloseOutputAsync((WebSocketCloseStatus)1000, "bye", default);
        }

        await Assert.ThrowsAsync<PikkuClosedException>(() => loading.WaitAsync(Eventually.Patience));
        await Eventually.Holds(() => live.Status == PikkuLiveStatus.Closed, "it is closed");
        var connecting = _connection.ConnectAsync(default);
        using var next = await _server.AcceptAsync();
        await ReplyAsync(next, null, First);
        await connecting.WaitAsync(Eventually.Patience);
        await Expect(live, "5");
    }

    [Fact]
    public async Task On_a_closed_route_it_is_closed_until_the_route_connects()
    {
        var connecting = _connection.ConnectAsync(default);
        using (var socket = await _server.AcceptAsync())
        {
            await connecting.WaitAsync(Eventually.Patience);
            await socket.CloseOutputAsync((WebSocketCloseStatus)1000, "bye", default);
        }

        await Eventually.Holds(() => _connection.State == PikkuState.Closed, "it is closed");
        using var live = Live();
        Assert.Equal(PikkuLiveStatus.Closed, live.Status);
        await Assert.ThrowsAsync<PikkuClosedException>(() => live.WaitUntilLoadedAsync());
        connecting = _connection.ConnectAsync(default);
        using var next = await _server.AcceptAsync();
        await ReplyAsync(next, null, First);
        await connecting.WaitAsync(Eventually.Patience);
        await Expect(live, "5");
    }

    [Fact]
    public async Task A_handler_of_changes_that_fails_is_reported_and_does_not_disturb_the_state()
    {
        using var live = Live();
        live.Changed += (_, _) => throw new InvalidOperationException("mine");
        using var socket = await _server.AcceptAsync();
        await ReplyAsync(socket, null, First);
        await EventAsync(socket, 6, "a.6");
        await Expect(live, "5,6");
        Assert.All(_errors, error => Assert.Equal("mine", error.Message));
    }

    private async Task UseAsync(PikkuOptions options)
    {
        await _connection.CloseAsync();
        _connection = Connect(options);
    }

    private PikkuConnection Connect(PikkuOptions options) => new(
        new Uri("ws://example.com"), ["action"], options with { OnError = _errors.Enqueue }, Json, (connection, direct) => new BoardsRoute(connection, direct), _ => { });

    private PikkuLive<int[], int> Live() => new(_connection, Topic, (state, number) => [.. state, number]);

    private IDisposable Follow() => _connection.Subscribe(
        Topic, new PikkuCallback(item => _followed.Enqueue(item.Data.GetInt32()), new PikkuSubscriptionOptions(), _errors.Enqueue));

    private async Task<string> AfterDelayAsync(WebSocket socket)
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
        Assert.Null(since);
        return id;
    }

    private static Task Expect(PikkuLive<int[], int> live, string value) =>
        Eventually.Holds(() => live.Status == PikkuLiveStatus.Live && Text(live) == value, $"{value}; is {live.Status} {Text(live)}");

    private static string Text(PikkuLive<int[], int> live) => string.Join(',', live.Value ?? []);

    private static async Task<string> NextAsync(IAsyncEnumerator<PikkuUpdate<int[], int>> updates)
    {
        Assert.True(await updates.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience));
        var update = updates.Current;
        return update.IsState ? $"state {string.Join(',', update.State!)} {update.Loss}" : $"event {update.Event} {update.At} {update.IsReplayed}";
    }
}
