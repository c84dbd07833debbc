using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Clients subscribe by themselves to topics that the channel declares.</summary>
public sealed class SubscribeSpec : IAsyncLifetime
{
    private static readonly Topic<int> News = new("news");
    private static readonly Topic<BoardKey, JsonElement> Board = new("board:{boardId}");
    private static readonly Topic<string, string> Text = new("text:{name}");
    private static readonly Topic<int> Closed = new("closed");

    private readonly Dictionary<string, bool> _members = new() { ["alice"] = true };
    private readonly List<string> _trace = [];
    private readonly List<JsonElement> _globalInputs = [];
    private TaskCompletionSource _entered = NewSignal();
    private TaskCompletionSource _gate = NewSignal();
    private LiveNode _node = null!;

    // Of all connections of the node.
    private long Subscriptions => _node.Services.GetRequiredService<HubMetrics>().Subscriptions;

    public async Task InitializeAsync()
    {
        _gate.SetResult();
        _node = await LiveNode.StartAppAsync(
            app => app
                .AddScopes("boards")
                .RequirePermission(PikkuPermission.Of("remember", (JsonElement data) => Remember(data)))
                .WireChannel("test", Wire),
            "pikku.connection.ping-interval = infinite, pikku.limits { subscriptions-per-connection = 3, messages-per-second = 1000000, message-burst = 1000000 }");
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact, Trait("Rule", "O2")]
    public async Task A_flat_subscribe_is_answered_flat_and_then_events_come()
    {
        var client = await _node.ConnectAsync();

        client.Send("""{"action":"pikku-subscribe","topic":"news"}""");
        await client.ExpectAsync("""{"action":"pikku-subscribe","subscribed":"news"}""");
        await _node.Hub.PublishAsync(News, 1);
        await client.ExpectAsync("""{"topic":"news","data":1}""");

        client.Send("""{"action":"pikku-unsubscribe","topic":"news"}""");
        await client.ExpectAsync("""{"action":"pikku-unsubscribe","unsubscribed":"news"}""");
        await _node.Hub.PublishAsync(News, 2);
        await client.ExpectNothingAsync();
    }

    [Fact, Trait("Rule", "O2")]
    public async Task An_enveloped_subscribe_is_answered_enveloped()
    {
        var client = await _node.ConnectAsync();

        client.Send("""{"action":"pikku-subscribe","id":"x","data":{"topic":"news"}}""", """{"action":"pikku-unsubscribe","data":{"topic":"news"}}""");

        await client.ExpectAsync(
            """{"action":"pikku-subscribe","id":"x","data":{"subscribed":"news"}}""",
            """{"action":"pikku-unsubscribe","data":{"unsubscribed":"news"}}""");
    }

    [Fact, Trait("Rule", "O2")]
    public async Task On_the_subprotocol_the_reply_says_what_of_the_past_follows()
    {
        var client = await _node.ConnectAsync(enveloped: true);

        client.Send("""{"action":"pikku-subscribe","id":1,"data":{"topic":"news","since":"a.1"}}""");

        await client.ExpectAsync("""{"action":"pikku-subscribe","id":1,"data":{"subscribed":"news","recovery":"lost","reason":"unknown"}}""");
    }

    [Fact, Trait("Rule", "O2")]
    public async Task A_channel_with_other_routing_keys_has_the_actions_too()
    {
        await using var node = await LiveNode.StartAsync(channel =>
        {
            channel.RoutingKey("command").MapAction("run", () => 1);
            channel.AddTopic(News).AllowSubscribe();
        });
        var client = await node.ConnectAsync();

        client.Send("""{"action":"pikku-subscribe","topic":"news"}""", """{"command":"run"}""", """{"command":"run","action":"pikku-subscribe"}""");

        await client.ExpectAsync("""{"action":"pikku-subscribe","subscribed":"news"}""", """{"command":"run","result":1}""", """{"command":"run","result":1}""");
    }

    [Fact, Trait("Rule", "O1")]
    public async Task A_channel_without_such_topics_does_not_have_the_actions()
    {
        await using var node = await LiveNode.StartAsync(channel => channel.AddTopic(News));
        var client = await node.ConnectAsync();

        Assert.Contains("NotFoundError", await client.AskAsync("""{"action":"pikku-subscribe","topic":"news"}"""), StringComparison.Ordinal);
        Assert.Contains("NotFoundError", await client.AskAsync("""{"action":"pikku-unsubscribe","topic":"news"}"""), StringComparison.Ordinal);
    }

    [Theory, Trait("Rule", "O1")]
    [InlineData("""{"topic":"nothing"}""", "NotFoundError", null)]
    [InlineData("""{"topic":"closed"}""", "NotFoundError", null)]
    [InlineData("""{"topic":"NEWS"}""", "NotFoundError", null)]
    [InlineData("""{"topic":"text:a:b"}""", "NotFoundError", null)]
    [InlineData("""{"topic":"text:"}""", "UnprocessableContentError", "name: is required")]
    [InlineData("""{"topic":"text:a%62"}""", "UnprocessableContentError", "name: has a character that must be escaped, or an escape that is not needed")]
    [InlineData("""{"topic":"text:{x}"}""", "UnprocessableContentError", "name: has a character that must be escaped, or an escape that is not needed")]
    [InlineData("""{"topic":"text:a\u0000b"}""", "UnprocessableContentError", "name: has a character that must be escaped, or an escape that is not needed")]
    [InlineData("""{"topic":"text:\ud83d"}""", "UnprocessableContentError", "data.topic: has half of a surrogate pair, which is no Unicode text")]
    [InlineData("""{}""", "UnprocessableContentError", "topic: is required")]
    [InlineData("""{"topic":null}""", "UnprocessableContentError", "topic: is required")]
    [InlineData("""{"topic":7}""", "UnprocessableContentError", "topic: must be a string")]
    [InlineData("""{"topic":["news"]}""", "UnprocessableContentError", "topic: must be a string")]
    [InlineData("""{"topic":"news","topic":[]}""", "UnprocessableContentError", "topic: must be a string")]
    [InlineData("""{"topic":""}""", "UnprocessableContentError", "topic: must not be blank")]
    [InlineData("""{"topic":" \t"}""", "UnprocessableContentError", "topic: must not be blank")]
    [InlineData("""["news"]""", "UnprocessableContentError", "topic: is required")]
    [InlineData("""null""", "UnprocessableContentError", "topic: is required")]
    public async Task Bad_input_gets_a_clear_error_and_the_connection_lives_on(string data, string error, string? detail)
    {
        var client = await _node.ConnectAsync(enveloped: true);

        var reply = JsonElement.Parse(await client.AskAsync($$"""{"action":"pikku-subscribe","id":5,"data":{{data}}}"""));

        Assert.Equal(("pikku-subscribe", 5), (reply.GetProperty("action").GetString(), reply.GetProperty("id").GetInt32()));
        Assert.Equal(error, reply.GetProperty("error").GetProperty("name").GetString());
        if (detail is not null)
            Assert.EndsWith(detail.Split('.')[^1], string.Join("; ", reply.GetProperty("error").GetProperty("details").EnumerateArray()
                .Select(one => $"{one.GetProperty("path").GetString()}: {one.GetProperty("message").GetString()}")), StringComparison.Ordinal);
        Assert.Contains("subscribed", await client.AskAsync("""{"action":"pikku-subscribe","data":{"topic":"news"}}"""), StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "O1")]
    public async Task A_name_with_10000_characters_and_data_that_is_missing_are_refused()
    {
        var client = await _node.ConnectAsync();

        Assert.Contains("must have at most", await client.AskAsync($$"""{"action":"pikku-subscribe","topic":"text:{{new string('x', 10_000)}}"}"""), StringComparison.Ordinal);
        Assert.Contains("is required", await client.AskAsync("""{"action":"pikku-subscribe"}"""), StringComparison.Ordinal);
        Assert.Contains("is required", await client.AskAsync("""{"action":"pikku-unsubscribe"}"""), StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "O1")]
    public async Task A_topic_with_a_permission_needs_a_session_and_the_permission_gets_the_key()
    {
        var guest = await _node.ConnectAsync("guest");
        Assert.Equal(
            """{"error":"Unauthorized for topic 'board:{boardId}'","errorName":"UnauthorizedError","action":"pikku-subscribe"}""",
            await guest.AskAsync("""{"action":"pikku-subscribe","topic":"board:7"}"""));

        var alice = await _node.ConnectAsync("alice", new TestSession("alice"));
        Assert.Equal("""{"action":"pikku-subscribe","subscribed":"board:7"}""", await alice.AskAsync("""{"action":"pikku-subscribe","topic":"board:7"}"""));
        Assert.Contains("ForbiddenError", await alice.AskAsync("""{"action":"pikku-subscribe","topic":"board:8"}"""), StringComparison.Ordinal);
        Assert.Contains("\"path\":\"boardId\"", await alice.AskAsync("""{"action":"pikku-subscribe","topic":"board:x"}"""), StringComparison.Ordinal);
        Assert.Contains("\"path\":\"boardId\"", await alice.AskAsync("""{"action":"pikku-subscribe","topic":"board:1000"}"""), StringComparison.Ordinal);
        Assert.Contains("must be 'board:7'", await alice.AskAsync("""{"action":"pikku-subscribe","topic":"board:07"}"""), StringComparison.Ordinal);

        var eve = await _node.ConnectAsync("eve", new TestSession("eve"));
        Assert.Contains("ForbiddenError", await eve.AskAsync("""{"action":"pikku-subscribe","topic":"board:7"}"""), StringComparison.Ordinal);

        await _node.Hub.PublishAsync(Board.For(new BoardKey(7)), JsonElement.Parse("1"));
        await alice.ExpectAsync("""{"topic":"board:7","data":1}""");
        await eve.ExpectNothingAsync();
        await guest.ExpectNothingAsync();
        Assert.Contains(_globalInputs, input => input.ValueKind == JsonValueKind.Object && input.GetProperty("boardId").GetInt32() == 7);
    }

    [Fact, Trait("Rule", "O1")]
    public async Task Scopes_middleware_and_tags_apply_as_to_an_action()
    {
        var poor = await _node.ConnectAsync("poor", new TestSession("poor"));
        Assert.Contains("MissingScopeError", await poor.AskAsync("""{"action":"pikku-subscribe","topic":"scoped"}"""), StringComparison.Ordinal);
        var rich = await _node.ConnectAsync("rich", new TestSession("rich") { Scopes = ["boards"], IsReadOnly = true });
        Assert.Contains("subscribed", await rich.AskAsync("""{"action":"pikku-subscribe","topic":"scoped"}"""), StringComparison.Ordinal);

        Assert.Equal([">channel", ">topic", "<topic", "<channel", ">channel", ">topic", "<topic", "<channel"], _trace);
    }

    [Fact, Trait("Rule", "H1")]
    public async Task Middleware_that_does_not_call_the_rest_of_the_chain_prevents_the_subscription()
    {
        var client = await _node.ConnectAsync();

        Assert.Equal("""{"action":"pikku-subscribe"}""", await client.AskAsync("""{"action":"pikku-subscribe","topic":"skipped"}"""));
        await _node.Hub.PublishAsync(new Topic<int>("skipped"), 1);
        await client.ExpectNothingAsync();
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact, Trait("Rule", "O3")]
    public async Task Subscribing_twice_and_10000_times_delivers_once_and_counts_once()
    {
        var client = await _node.ConnectAsync();
        for (var i = 0; i < 100; i++)
        {
            client.Send([.. Enumerable.Repeat("""{"action":"pikku-subscribe","topic":"news"}""", 100)]);
            for (var j = 0; j < 100; j++)
                await client.ExpectAsync("""{"action":"pikku-subscribe","subscribed":"news"}""");
        }

        await _node.Hub.PublishAsync(News, 1);
        await client.ExpectAsync("""{"topic":"news","data":1}""");
        await client.ExpectNothingAsync();
        Assert.Equal(1, Subscriptions);
    }

    [Fact, Trait("Rule", "O3")]
    public async Task Above_the_limit_a_subscribe_is_refused_and_the_others_go_on()
    {
        var client = await _node.ConnectAsync();
        for (var i = 0; i < 3; i++)
            Assert.Contains("subscribed", await client.AskAsync($$"""{"action":"pikku-subscribe","topic":"text:{{i}}"}"""), StringComparison.Ordinal);

        Assert.Contains("TooManyRequestsError", await client.AskAsync("""{"action":"pikku-subscribe","topic":"text:3"}"""), StringComparison.Ordinal);
        Assert.Contains("subscribed", await client.AskAsync("""{"action":"pikku-subscribe","topic":"text:2"}"""), StringComparison.Ordinal);
        Assert.Contains("unsubscribed", await client.AskAsync("""{"action":"pikku-unsubscribe","topic":"text:0"}"""), StringComparison.Ordinal);
        Assert.Contains("subscribed", await client.AskAsync("""{"action":"pikku-subscribe","topic":"text:3"}"""), StringComparison.Ordinal);
        await _node.Hub.PublishAsync(Text.For("3"), "x");
        await client.ExpectAsync("""{"topic":"text:3","data":"x"}""");
    }

    [Fact, Trait("Rule", "O3")]
    public async Task What_the_application_subscribed_and_what_the_client_subscribed_are_independent()
    {
        var client = await _node.ConnectAsync();
        await _node.Hub.SubscribeAsync(News, "c1");
        await client.AskAsync("""{"action":"pikku-subscribe","topic":"news"}""");

        await _node.Hub.PublishAsync(News, 1);
        await client.ExpectAsync("""{"topic":"news","data":1}""");
        await client.ExpectNothingAsync();

        await client.AskAsync("""{"action":"pikku-unsubscribe","topic":"news"}""");
        await _node.Hub.PublishAsync(News, 2);
        await client.ExpectAsync("""{"topic":"news","data":2}""");
        await _node.Hub.UnsubscribeAsync(News, "c1");
        await _node.Hub.PublishAsync(News, 3);
        await client.ExpectNothingAsync();
    }

    [Fact, Trait("Rule", "O3")]
    public async Task The_application_ends_both_and_the_client_is_told()
    {
        var client = await _node.ConnectAsync();
        await client.AskAsync("""{"action":"pikku-subscribe","topic":"news"}""");

        await _node.Hub.UnsubscribeAsync(News, "c1");
        await client.ExpectAsync(
            """{"action":"pikku-unsubscribed","subscribed":"news","error":{"name":"ForbiddenError","status":403,"message":"The client does not have permission to access the requested resource."}}""");
        await _node.Hub.PublishAsync(News, 1);
        await client.ExpectNothingAsync();
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact, Trait("Rule", "O3")]
    public async Task The_end_of_the_connection_ends_its_subscriptions()
    {
        var client = await _node.ConnectAsync();
        await client.AskAsync("""{"action":"pikku-subscribe","topic":"news"}""");
        await client.EndAsync();

        await _node.Hub.PublishAsync(News, 1);
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact, Trait("Rule", "K4")]
    public async Task The_reply_comes_before_the_first_event_also_when_events_never_pause()
    {
        using var stop = new CancellationTokenSource();
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                await _node.Hub.PublishAsync(News, i);
        });
        for (var round = 0; round < 200; round++)
        {
            var client = await _node.ConnectAsync($"r{round}");
            client.Send("""{"action":"pikku-subscribe","topic":"news"}""");
            await client.ExpectAsync("""{"action":"pikku-subscribe","subscribed":"news"}""");
            var first = JsonElement.Parse(await client.NextAsync()).GetProperty("data").GetInt32();
            Assert.Equal(first + 1, JsonElement.Parse(await client.NextAsync()).GetProperty("data").GetInt32());
            client.Send("""{"action":"pikku-unsubscribe","topic":"news"}""");
            while (await client.NextAsync() is var frame && !frame.Contains("unsubscribed", StringComparison.Ordinal))
                Assert.StartsWith("""{"topic""", frame, StringComparison.Ordinal);
            await client.ExpectNothingAsync();
            await client.EndAsync();
        }

        await stop.CancelAsync();
        await publishing.Soon();
    }

    [Fact, Trait("Rule", "B8")]
    public async Task A_subscribe_waits_for_onConnect()
    {
        var gate = NewSignal();
        await using var node = await LiveNode.StartAsync(channel =>
        {
            channel.OnConnect(async () =>
            {
                await gate.Task;
                return new { ready = true };
            });
            channel.AddTopic(News).AllowSubscribe();
        });
        var client = await node.ConnectAsync();
        client.Send("""{"action":"pikku-subscribe","topic":"news"}""");
        await client.ExpectNothingAsync();

        gate.SetResult();
        await client.ExpectAsync("""{"ready":true}""", """{"action":"pikku-subscribe","subscribed":"news"}""");
    }

    [Fact]
    public async Task A_subscribe_that_was_received_before_a_drain_is_answered_and_a_later_one_is_not()
    {
        var client = await _node.ConnectAsync();
        _entered = NewSignal();
        _gate = NewSignal();
        client.Send("""{"action":"pikku-subscribe","topic":"gated"}""");
        await _entered.Task.Soon();
        _node.Drain();
        await _node.SettleAsync();
        client.Send("""{"action":"pikku-subscribe","topic":"news"}""");
        await client.SettleAsync();

        _gate.SetResult();
        await client.ExpectAsync("""{"action":"pikku-subscribe","subscribed":"gated"}""", "close 1001 the node is going away; retry-after-ms=1");
        await client.EndAsync();
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact]
    public async Task A_subscribe_whose_connection_ends_meanwhile_leaves_nothing_behind()
    {
        var client = await _node.ConnectAsync();
        _entered = NewSignal();
        _gate = NewSignal();
        client.Send("""{"action":"pikku-subscribe","topic":"gated"}""");
        await _entered.Task.Soon();
        client.EndSocket();
        await client.SettleAsync();

        _gate.SetResult();
        await client.Ended.Soon();
        await _node.Hub.PublishAsync(new Topic<int>("gated"), 1);
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact]
    public async Task A_subscribe_that_timed_out_is_not_made()
    {
        var client = await _node.ConnectAsync();
        _entered = NewSignal();
        _gate = NewSignal();
        client.Send("""{"action":"pikku-subscribe","topic":"gated"}""");
        await _entered.Task.Soon();

        await _node.SweepAsync(TimeSpan.FromMinutes(5));
        Assert.Contains("RequestTimeoutError", await client.NextAsync(), StringComparison.Ordinal);
        _gate.SetResult();

        // The next subscribe is a barrier: the lane of the topic has done what came before.
        client.Send("""{"action":"pikku-unsubscribe","topic":"gated"}""");
        await client.ExpectAsync("""{"action":"pikku-unsubscribe","unsubscribed":"gated"}""");
        await _node.Hub.PublishAsync(new Topic<int>("gated"), 1);
        await client.ExpectNothingAsync();
        await Eventually.Holds(() => Subscriptions == 0, "the subscriptions are removed");
    }

    [Fact]
    public async Task The_type_of_the_events_is_that_of_the_declaration()
    {
        var client = await _node.ConnectAsync();
        await client.AskAsync("""{"action":"pikku-subscribe","topic":"text:x"}""");

        var e = await Assert.ThrowsAsync<EventHubException>(async () => await _node.Hub.PublishAsync(new Topic<int>("text:x"), 1));
        Assert.Equal(EventHubErrorReason.TypeMismatch, e.Reason);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool Remember(JsonElement data)
    {
        lock (_globalInputs)
            _globalInputs.Add(data);
        return true;
    }

    private void Wire(ChannelBuilder channel)
    {
        channel.MapAction("echo", () => 1).AllowAnonymous();
        channel.AddTopic(News).AllowSubscribe().AllowAnonymous();
        channel.AddTopic(Text).AllowSubscribe().AllowAnonymous();
        channel.AddTopic(Closed).AllowAnonymous();
        channel.AddTopic(Board).AllowSubscribe()
            .RequirePermission((BoardKey key, TestSession session) => key.BoardId == 7 && _members.GetValueOrDefault(session.UserId!));
        channel.AddTopic(new Topic<int>("scoped")).AllowSubscribe().RequireScope("boards").UseMiddleware(Trace("topic"));
        channel.AddTopic(new Topic<int>("skipped")).AllowSubscribe().AllowAnonymous().UseMiddleware((_, _) => default);
        channel.AddTopic(new Topic<int>("gated")).AllowSubscribe().AllowAnonymous().RequirePermission(async () =>
        {
            _entered.TrySetResult();
            await _gate.Task;
            return true;
        });
        channel.UseMiddleware(Trace("channel"));
    }

    private PikkuMiddlewareDelegate Trace(string name) => async (context, next) =>
    {
        if (context.Session?.UserId is "poor" or "rich")
            _trace.Add($">{name}");
        try
        {
            await next();
        }
        finally
        {
            if (context.Session?.UserId is "poor" or "rich")
                _trace.Add($"<{name}");
        }
    };

    public sealed record BoardKey([Range(1, 100)] int BoardId);
}
