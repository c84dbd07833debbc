using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Clients that come back with a position, on one node.</summary>
public sealed class ResumeSpec : IAsyncLifetime
{
    private static readonly Topic<JsonElement> News = new("news");
    private static readonly Topic<string, int> Rooms = new("room:{id}");
    private static readonly Topic<int> Plain = new("plain");
    private static readonly Topic<string, int> State = new("state:{id}");

    private LiveNode _node = null!;
    private Func<string, Task<object?>> _load = id => Task.FromResult<object?>(new { id });

    public async Task InitializeAsync() => _node = await StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact, Trait("Rule", "P2")]
    public async Task An_event_carries_its_number_and_a_flat_client_gets_it_without()
    {
        var (client, flat) = (await _node.ConnectAsync("a", enveloped: true), await _node.ConnectAsync("b"));
        await SubscribeAsync(client, "news");
        await flat.AskAsync("""{"action":"pikku-subscribe","topic":"news"}""");

        await PublishAsync(1, 2);

        var (first, second) = (await EventAsync(client), await EventAsync(client));
        Assert.Equal(["topic", "data", "at"], first.Select(property => property.Key));
        Assert.Matches("^[0-9a-z]{13}[.]1$", At(first));
        Assert.Equal(At(first)[..14] + "2", At(second));
        await flat.ExpectAsync("""{"topic":"news","data":1}""", """{"topic":"news","data":2}""");
    }

    [Fact, Trait("Rule", "P4")]
    public async Task The_reply_the_replay_and_what_follows_come_in_this_order()
    {
        var client = await _node.ConnectAsync("a", enveloped: true);
        var since = await SubscribeAsync(client, "news");
        await PublishAsync(1, 2, 3);
        await client.EndAsync();

        var back = await _node.ConnectAsync("b", enveloped: true);
        back.Send(Subscribe("news", since));
        await PublishAfterAsync(back, 4);

        var reply = await ReplyAsync(back);
        Assert.Equal(("complete", 3), ((string?)reply["recovery"], (int?)reply["replayed"]));
        Assert.EndsWith($".0,{since}", (string?)reply["position"], StringComparison.Ordinal); // where the replay begins
        await ExpectDataAsync(back, 1, 2, 3, 4);
    }

    [Fact, Trait("Rule", "P4")]
    public async Task A_subscribe_on_the_same_connection_replays_behind_its_position()
    {
        var client = await _node.ConnectAsync(enveloped: true);
        var since = await SubscribeAsync(client, "news");
        await PublishAsync(1);
        await ExpectDataAsync(client, 1);

        client.Send(Subscribe("news", since));
        Assert.Equal("complete", (string?)(await ReplyAsync(client))["recovery"]);
        await ExpectDataAsync(client, 1);
        await PublishAsync(2);
        await ExpectDataAsync(client, 2);
    }

    [Theory, Trait("Rule", "P4")]
    [InlineData("news", "3k9f0zr1x5wqd.1", "unknown")]
    [InlineData("news", "~3k9f0zr1x5wqd.29403511", "unknown")]
    [InlineData("news", "", "unknown")]
    [InlineData("plain", "3k9f0zr1x5wqd.1", "unknown")]
    public async Task A_position_of_another_memory_is_lost_at_once(string topic, string since, string reason)
    {
        var client = await _node.ConnectAsync(enveloped: true);

        client.Send(Subscribe(topic, since));

        var reply = await ReplyAsync(client);
        Assert.Equal(("lost", reason), ((string?)reply["recovery"], (string?)reply["reason"]));
        Assert.Equal(topic == "news", reply.ContainsKey("position"));
        Assert.False(reply.ContainsKey("replayed"));
    }

    [Theory, Trait("Rule", "P4")]
    [InlineData("\"@@not a position@@\"")]
    [InlineData("7")]
    public async Task A_position_that_cannot_be_read_is_a_bad_request(string since)
    {
        var client = await _node.ConnectAsync(enveloped: true);

        var answer = await client.AskAsync($$$"""{"action":"pikku-subscribe","id":1,"data":{"topic":"news","since":{{{since}}}}}""");

        Assert.Contains("BadRequestError", answer, StringComparison.Ordinal);
        Assert.Contains("none", await client.AskAsync("""{"action":"pikku-subscribe","id":1,"data":{"topic":"news","since":null}}"""), StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "P4")]
    public async Task What_is_not_kept_any_more_is_lost_and_never_replayed_in_part()
    {
        var client = await _node.ConnectAsync("a", enveloped: true);
        var since = await SubscribeAsync(client, "room:1");
        for (var i = 1; i <= 4; i++)
            await _node.Hub.PublishAsync(Rooms.For("1"), i);

        var back = await _node.ConnectAsync("b", enveloped: true);
        back.Send(Subscribe("room:1", since));

        var reply = await ReplyAsync(back);
        Assert.Equal(("lost", "expired"), ((string?)reply["recovery"], (string?)reply["reason"]));
        await back.ExpectNothingAsync();
        back.Send(Subscribe("room:1", (string?)reply["position"]));
        Assert.Equal(0, (int?)(await ReplyAsync(back))["replayed"]);
    }

    [Fact, Trait("Rule", "P4")]
    public async Task A_position_ahead_of_the_node_waits_and_is_complete_when_the_node_has_come_so_far()
    {
        var client = await _node.ConnectAsync("a", enveloped: true);
        var since = await SubscribeAsync(client, "news");
        await PublishAsync(1);
        var ahead = At(await EventAsync(client))[..14] + "2";

        client.Send(Subscribe("news", $"{since},{ahead}"));
        await WaitingAsync(1);
        await PublishAsync(2, 3);

        // The event 2 is the one that the client has.
        var reply = await ReplyAsync(client);
        Assert.Equal(("complete", 0), ((string?)reply["recovery"], (int?)reply["replayed"]));
        await ExpectDataAsync(client, 3);
        await WaitingAsync(0);
    }

    [Fact, Trait("Rule", "P4")]
    public async Task A_position_that_the_node_does_not_reach_in_time_is_lost()
    {
        var client = await _node.ConnectAsync("a", enveloped: true);
        var since = await SubscribeAsync(client, "news");
        await PublishAsync(1);
        var ahead = At(await EventAsync(client))[..14] + "9";

        client.Send(Subscribe("news", $"{since},{ahead}"));
        await WaitingAsync(1);
        await PublishAsync(2);
        Assert.Empty(client.Client.Unread()); // also the older subscription is silent
        _node.Clock.Advance(TimeSpan.FromSeconds(4));

        // The older subscription says what it has not delivered.
        var reply = await ReplyAsync(client);
        Assert.Equal(("lost", "unknown"), ((string?)reply["recovery"], (string?)reply["reason"]));
    }

    [Fact, Trait("Rule", "P4")]
    public async Task A_subscribe_that_waits_ends_with_its_connection_and_with_its_cancellation()
    {
        var client = await _node.ConnectAsync("a", enveloped: true);
        var since = await SubscribeAsync(client, "news");
        await PublishAsync(1);
        var ahead = At(await EventAsync(client))[..14] + "9";
        var gone = await _node.ConnectAsync("b", enveloped: true);

        client.Send(Subscribe("news", $"{since},{ahead}"));
        gone.Send(Subscribe("news", $"{since},{ahead}"));
        await WaitingAsync(2);
        client.Send("""{"action":"pikku-cancel","id":1}""");
        await gone.EndAsync();

        Assert.Contains("RequestCancelledError", await client.NextAsync(), StringComparison.Ordinal);
        await WaitingAsync(0);
        // The older subscription continues, and its position shows what it has missed meanwhile.
        await PublishAsync(2);
        var texts = new[] { await client.NextAsync(), await client.NextAsync() };
        Assert.Contains(texts, text => text.Contains("\"position\"", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.Contains("\"data\":2", StringComparison.Ordinal));
    }

    [Fact, Trait("Rule", "P4")]
    public async Task More_than_may_wait_are_lost_at_once()
    {
        await using var node = await StartAsync("pikku.history.max-waiting = 1");
        var client = await node.ConnectAsync("a", enveloped: true);
        var since = await SubscribeAsync(client, "news");
        await node.Hub.PublishAsync(News, Json(1));
        var ahead = At(await EventAsync(client))[..14] + "9";
        client.Send(Subscribe("news", $"{since},{ahead}"));
        await WaitingAsync(1, node);

        var other = await node.ConnectAsync("b", enveloped: true);
        other.Send(Subscribe("news", $"{since},{ahead}"));

        Assert.Equal("unknown", (string?)(await ReplyAsync(other))["reason"]);
    }

    [Fact, Trait("Rule", "P3")]
    public async Task An_event_that_a_client_does_not_get_is_a_number_live_and_in_a_replay()
    {
        await using var node = await StartAsync(channel: channel => channel.UseChannelMiddleware((_, message, next) =>
            message.Json is JsonObject data && data.ContainsKey("drop") ? default : message.Json is JsonObject broken && broken.ContainsKey("throw") ? throw new InvalidOperationException() : next(message)));
        var client = await node.ConnectAsync("a", enveloped: true);
        var since = await SubscribeAsync(client, "news");

        await node.Hub.PublishAsync(News, Json(1), new PublishOptions { ExceptChannelId = "a" });
        await node.Hub.PublishAsync(News, Json(new { drop = true }));
        await node.Hub.PublishAsync(News, Json(new { @throw = true }));
        await node.Hub.PublishAsync(News, Json(4));

        foreach (var number in new[] { 1, 2, 3 })
            AssertTick(number, await EventAsync(client));
        await ExpectDataAsync(client, 4);

        client.Send(Subscribe("news", since));
        Assert.Equal(4, (int?)(await ReplyAsync(client))["replayed"]);
        foreach (var number in new[] { 1, 2, 3 })
            AssertTick(number, await EventAsync(client));
        await ExpectDataAsync(client, 4);
    }

    [Fact, Trait("Rule", "P3")]
    public async Task Of_several_events_that_middleware_makes_of_one_the_last_carries_the_number()
    {
        await using var node = await StartAsync(channel: channel => channel.UseChannelMiddleware(async (_, message, next) =>
        {
            await next(message.WithPayload("first"));
            await next(message.WithPayload("last"));
        }));
        var client = await node.ConnectAsync("a", enveloped: true);
        await SubscribeAsync(client, "news");

        await node.Hub.PublishAsync(News, Json(1));

        Assert.Equal("""{"topic":"news","data":"first"}""", await client.NextAsync());
        var last = await EventAsync(client);
        Assert.Equal("last", (string?)last["data"]);
        Assert.EndsWith(".1", At(last), StringComparison.Ordinal);
    }

    [Theory, Trait("Rule", "P3")]
    [InlineData("drop-oldest")]
    [InlineData("keep-latest")]
    public async Task A_client_whose_events_were_dropped_gets_the_position_as_soon_as_it_has_room(string policy)
    {
        await using var node = await StartAsync($"pikku.outbox {{ overflow = {policy}, max-messages = 2 }}");
        var client = await node.ConnectAsync("a", enveloped: true, stalled: true);
        client.Send(Subscribe("news", null));
        await UntilAsync(() => node.Meters["pikku.event_hub.subscriptions"] == 1);
        for (var i = 1; i <= 5; i++)
            await node.Hub.PublishAsync(News, Json(i));

        string? refresh = null;
        await UntilAsync(() =>
        {
            client.Client.Drain();
            refresh ??= client.Client.Unread().Select(message => message.Text).FirstOrDefault(text => text.StartsWith("{\"topic\":\"news\",\"position\"", StringComparison.Ordinal));
            return refresh is not null;
        });
        Assert.Contains(".5", (string?)JsonNode.Parse(refresh!)!["position"], StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "P9")]
    public async Task The_reply_has_the_snapshot_and_what_was_published_while_it_loaded_follows()
    {
        var client = await _node.ConnectAsync(enveloped: true);
        _load = async id =>
        {
            await _node.Hub.PublishAsync(State.For(id), 1);
            return id;
        };

        client.Send(Subscribe("state:x", null));

        var reply = await ReplyAsync(client);
        Assert.Equal(("none", "x"), ((string?)reply["recovery"], (string?)reply["snapshot"]));
        Assert.False(reply.ContainsKey("replayed"));
        await ExpectDataAsync(client, 1);
        await client.ExpectNothingAsync();
    }

    [Fact, Trait("Rule", "P9")]
    public async Task A_lost_position_gets_the_snapshot_and_a_good_one_does_not()
    {
        var client = await _node.ConnectAsync(enveloped: true);
        client.Send(Subscribe("state:x", "3k9f0zr1x5wqd.1"));
        var lost = await ReplyAsync(client);
        Assert.Equal(("lost", "unknown"), ((string?)lost["recovery"], (string?)lost["reason"]));
        Assert.Equal("x", (string?)lost["snapshot"]!["id"]);

        client.Send(Subscribe("state:x", (string?)lost["position"]));
        Assert.False((await ReplyAsync(client)).ContainsKey("snapshot"));
    }

    [Fact, Trait("Rule", "P9")]
    public async Task A_state_of_null_is_a_snapshot()
    {
        var client = await _node.ConnectAsync(enveloped: true);
        _load = _ => Task.FromResult<object?>(null);
        client.Send(Subscribe("state:x", null));

        var reply = await ReplyAsync(client);
        Assert.True(reply.ContainsKey("snapshot"));
        Assert.Null(reply["snapshot"]);
    }

    [Fact, Trait("Rule", "P9")]
    public async Task A_snapshot_that_is_slower_than_its_history_is_given_up_after_three_loads()
    {
        var client = await _node.ConnectAsync(enveloped: true);
        var loads = 0;
        _load = async id =>
        {
            loads++;
            for (var i = 0; i < 10; i++)
                await _node.Hub.PublishAsync(State.For(id), i);
            return id;
        };

        Assert.Contains("ServiceUnavailableError", await client.AskAsync(Subscribe("state:x", null)), StringComparison.Ordinal);
        Assert.Equal(3, loads);
        await _node.Hub.PublishAsync(State.For("x"), 1);
        await client.ExpectNothingAsync();
    }

    [Fact, Trait("Rule", "P9")]
    public async Task An_error_of_the_snapshot_is_the_error_of_the_subscribe_and_the_older_subscription_stays()
    {
        var client = await _node.ConnectAsync(enveloped: true);
        await SubscribeAsync(client, "state:x");
        _load = _ => throw new NotFoundError("for the log alone");

        Assert.Contains("NotFoundError", await client.AskAsync(Subscribe("state:x", null)), StringComparison.Ordinal);
        await _node.Hub.PublishAsync(State.For("x"), 1);
        await ExpectDataAsync(client, 1);
    }

    [Fact, Trait("Rule", "P9")]
    public async Task A_flat_client_gets_no_snapshot()
    {
        var client = await _node.ConnectAsync();

        Assert.Equal("""{"action":"pikku-subscribe","subscribed":"state:x"}""", await client.AskAsync("""{"action":"pikku-subscribe","topic":"state:x","since":7}"""));
    }

    [Fact, Trait("Rule", "P1")]
    public async Task An_event_of_a_topic_with_history_cannot_be_sent_without_its_envelope()
    {
        var e = await Assert.ThrowsAsync<EventHubException>(() => _node.Hub.PublishAsync(News, Json(1), new PublishOptions { PayloadOnly = true }).AsTask());

        Assert.Equal(EventHubErrorReason.NotSerializable, e.Reason);
        Assert.Contains("remove WithHistory", e.Message, StringComparison.Ordinal);
    }

    [Fact, Trait("Rule", "P1")]
    public async Task What_is_kept_and_what_comes_back_is_counted()
    {
        var client = await _node.ConnectAsync(enveloped: true);
        var since = await SubscribeAsync(client, "news");
        await PublishAsync(1, 2);
        client.Send(Subscribe("news", since));
        await ExpectDataAsync(client, 1, 2);
        await ReplyAsync(client);
        await ExpectDataAsync(client, 1, 2);

        // The lane counts behind the reply.
        await UntilAsync(() => _node.Meters["pikku.history.replayed"] == 2);
        Assert.Equal(1, _node.Meters["pikku.history.recoveries"]);
    }

    private Task<LiveNode> StartAsync(string hocon = "", Action<ChannelBuilder>? channel = null) => LiveNode.StartAsync(
        test =>
        {
            test.AddTopic(News).AllowSubscribe().WithHistory(100);
            test.AddTopic(Rooms).AllowSubscribe().WithHistory(3);
            test.AddTopic(Plain).AllowSubscribe();
            test.AddTopic(State).AllowSubscribe().WithHistory(5).WithSnapshot((string id) => _load(id));
            channel?.Invoke(test);
        },
        $"pikku.connection.ping-interval = infinite\n{hocon}");

    private static string Subscribe(string topic, string? since) => since is null
        ? $$$"""{"action":"pikku-subscribe","id":1,"data":{"topic":"{{{topic}}}"}}"""
        : $$$"""{"action":"pikku-subscribe","id":1,"data":{"topic":"{{{topic}}}","since":"{{{since}}}"}}""";

    private static async Task<JsonObject> ReplyAsync(LiveConnection client)
    {
        var reply = JsonNode.Parse(await client.NextAsync())!.AsObject();
        Assert.True(reply["data"] is JsonObject, reply.ToJsonString());
        return reply["data"]!.AsObject();
    }

    private static async Task<string> SubscribeAsync(LiveConnection client, string topic)
    {
        client.Send(Subscribe(topic, null));
        var reply = await ReplyAsync(client);
        Assert.Equal("none", (string?)reply["recovery"]);
        return (string)reply["position"]!;
    }

    private static async Task<JsonObject> EventAsync(LiveConnection client) => JsonNode.Parse(await client.NextAsync())!.AsObject();

    private static async Task ExpectDataAsync(LiveConnection client, params int[] data)
    {
        foreach (var expected in data)
        {
            var numbered = await EventAsync(client);
            Assert.True(numbered["data"] is JsonValue value && (int)value == expected, $"Expected {expected}, got {numbered.ToJsonString()}");
        }
    }

    private static string At(JsonObject numbered) => (string)numbered["at"]!;

    private static void AssertTick(int number, JsonObject tick)
    {
        Assert.Equal(["topic", "at"], tick.Select(property => property.Key));
        Assert.EndsWith($".{number}", At(tick), StringComparison.Ordinal);
    }

    private static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value);

    private async Task PublishAsync(params int[] data)
    {
        foreach (var one in data)
            await _node.Hub.PublishAsync(News, Json(one));
    }

    // Publishes behind the reply: the connection has been subscribed when it has been answered.
    private async Task PublishAfterAsync(LiveConnection client, int data)
    {
        await client.WhenIdleAsync();
        await PublishAsync(data);
    }

    private Task WaitingAsync(int count, LiveNode? node = null) => UntilAsync(() => (node ?? _node).Meters["pikku.history.waiting"] == count);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        while (!condition())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
