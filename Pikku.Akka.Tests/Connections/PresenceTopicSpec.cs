using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Presence topics and state topics, on one node.</summary>
public sealed class PresenceTopicSpec : IAsyncLifetime
{
    private static readonly PresenceTopic<string, string> Viewers = new("viewers:{board}");
    private static readonly PresenceTopic<string> Online = new("online");
    private static readonly StateTopic<string, int> Cursors = new("cursors:{board}");

    private LiveNode _node = null!;

    private IPikkuPresence Presence => _node.Services.GetRequiredService<IPikkuPresence>();

    private IPikkuState State => _node.Services.GetRequiredService<IPikkuState>();

    public async Task InitializeAsync() => _node = await LiveNode.StartAsync(
        channel =>
        {
            channel.AddPresence(Viewers).AllowSubscribe().JoinOnSubscribe((IPikkuChannel connection) => connection.Id);
            channel.AddPresence(Online).AllowSubscribe().JoinOnConnect((IPikkuChannel connection) => connection.Id);
            channel.AddState(Cursors).AllowSubscribe();
        },
        "pikku.connection.ping-interval = infinite");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact, Trait("Rule", "P10")]
    public async Task Who_subscribes_joins_and_leaves_when_it_unsubscribes_or_its_connection_ends()
    {
        var a = await _node.ConnectAsync("a", enveloped: true);
        Assert.Equal("[]", Snapshot(await a.AskAsync(Subscribe("viewers:1"))));
        Assert.Equal("""{"joined":"a","key":"a"}""", await DataAsync(a));

        var b = await _node.ConnectAsync("b", enveloped: true);
        Assert.Equal("""["a"]""", Snapshot(await b.AskAsync(Subscribe("viewers:1"))));
        Assert.Equal("""{"joined":"b","key":"b"}""", await DataAsync(a));
        Assert.Equal(2, Presence.GetCount(Viewers.For("1")));

        Assert.Contains("unsubscribed", await AskBehindEventsAsync(b, """{"action":"pikku-unsubscribe","id":2,"data":{"topic":"viewers:1"}}"""), StringComparison.Ordinal);
        Assert.Equal("""{"left":"b","key":"b"}""", await DataAsync(a));

        await AskBehindEventsAsync(b, Subscribe("viewers:1"));
        Assert.Equal("""{"joined":"b","key":"b"}""", await DataAsync(a));
        await b.EndAsync();
        Assert.Equal("""{"left":"b","key":"b"}""", await DataAsync(a));
        Assert.Equal(["a"], Presence.GetEntries(Viewers.For("1")).Select(entry => entry.Info));
    }

    [Fact, Trait("Rule", "P10")]
    public async Task The_reply_names_the_keys_of_the_entries_in_the_order_of_the_list()
    {
        foreach (var id in (string[])["a", "b", "c"])
            await _node.ConnectAsync(id);
        await Presence.LeaveAsync(Online, "b");
        await Presence.JoinAsync(Online, "c", "away");
        var d = await _node.ConnectAsync("d", enveloped: true);

        var reply = JsonNode.Parse(await d.AskAsync(Subscribe("online")))!["data"]!;

        var keys = reply["keys"]!.AsArray().Select(key => (string)key!);
        var infos = reply["snapshot"]!.AsArray().Select(info => (string)info!);
        Assert.Equal([("a", "a"), ("c", "away"), ("d", "d")], keys.Zip(infos).Order());
        Assert.False(JsonNode.Parse(await d.AskAsync(Subscribe("cursors:1")))!["data"]!.AsObject().ContainsKey("keys"));
    }

    [Fact, Trait("Rule", "P10")]
    public async Task Each_connection_of_a_channel_joins_when_it_has_connected()
    {
        var a = await _node.ConnectAsync("a", enveloped: true);
        Assert.Equal("""["a"]""", Snapshot(await a.AskAsync(Subscribe("online"))));

        var b = await _node.ConnectAsync("b");
        Assert.Equal("""{"joined":"b","key":"b"}""", await DataAsync(a));
        await b.EndAsync();
        Assert.Equal("""{"left":"b","key":"b"}""", await DataAsync(a));
    }

    [Fact, Trait("Rule", "P10")]
    public async Task Another_info_is_an_update_and_the_same_info_is_no_event()
    {
        var a = await _node.ConnectAsync("a", enveloped: true);
        await a.AskAsync(Subscribe("online"));

        await Presence.JoinAsync(Online, "a", "a");
        await Presence.JoinAsync(Online, "a", "away");
        Assert.Equal("""{"updated":"away","key":"a"}""", await DataAsync(a));
        await Presence.LeaveAsync(Online, "a");
        Assert.Equal("""{"left":"away","key":"a"}""", await DataAsync(a));
        await Presence.LeaveAsync(Online, "a");
        await Presence.JoinAsync(Online, "nobody", "x");
        await a.ExpectNothingAsync();
        Assert.Equal(0, Presence.GetCount(Online));
    }

    [Fact, Trait("Rule", "P10")]
    public async Task A_client_that_comes_back_gets_the_changes_and_not_the_list()
    {
        var a = await _node.ConnectAsync("a", enveloped: true);
        var position = (string)JsonNode.Parse(await a.AskAsync(Subscribe("online")))!["data"]!["position"]!;
        await Presence.JoinAsync(Online, "a", "1");
        await Presence.JoinAsync(Online, "a", "2");
        Assert.Equal("""{"updated":"1","key":"a"}""", await DataAsync(a));
        Assert.Equal("""{"updated":"2","key":"a"}""", await DataAsync(a));

        var reply = await a.AskAsync($$$"""{"action":"pikku-subscribe","id":1,"data":{"topic":"online","since":"{{{position}}}"}}""");

        Assert.Contains("\"complete\"", reply, StringComparison.Ordinal);
        Assert.DoesNotContain("snapshot", reply, StringComparison.Ordinal);
        // An overwritten value is only a number in a replay (P11).
        Assert.False(JsonNode.Parse(await a.NextAsync())!.AsObject().ContainsKey("data"));
        Assert.Equal("""{"updated":"2","key":"a"}""", await DataAsync(a));
    }

    [Fact, Trait("Rule", "P11")]
    public async Task A_state_topic_holds_the_last_value_of_each_entry()
    {
        await State.SetAsync(Cursors.For("1"), "ann", 1);
        await State.SetAsync(Cursors.For("1"), "ann", 2);
        await State.SetAsync(Cursors.For("1"), "bob", 3);
        var a = await _node.ConnectAsync("a", enveloped: true);

        Assert.Equal("""{"ann":2,"bob":3}""", Snapshot(await a.AskAsync(Subscribe("cursors:1"))));
        await State.SetAsync(Cursors.For("1"), "ann", 4);
        Assert.Equal("""{"key":"ann","value":4}""", await DataAsync(a));
        await State.RemoveAsync(Cursors.For("1"), "bob");
        Assert.Equal("""{"key":"bob","removed":true}""", await DataAsync(a));
        Assert.Equal([new("ann", 4)], State.GetEntries(Cursors.For("1")));
    }

    [Fact, Trait("Rule", "P11")]
    public async Task An_entry_of_a_connection_ends_with_it_unless_it_was_set_anew()
    {
        var (a, b) = (await _node.ConnectAsync("a", enveloped: true), await _node.ConnectAsync("b"));
        await a.AskAsync(Subscribe("cursors:1"));
        await State.SetAsync(Cursors.For("1"), "x", 1, "b");
        await State.SetAsync(Cursors.For("1"), "y", 1, "b");
        await State.SetAsync(Cursors.For("1"), "y", 2);
        Assert.Equal("""{"key":"x","value":1}""", await DataAsync(a));
        await a.NextAsync();
        await a.NextAsync();

        await b.EndAsync();

        var (first, second) = (JsonNode.Parse(await a.NextAsync())!.AsObject(), JsonNode.Parse(await a.NextAsync())!.AsObject());
        Assert.Equal("""{"key":"x","removed":true}""", first["data"]!.ToJsonString());
        Assert.False(second.ContainsKey("data"));
        Assert.Equal([new("y", 2)], State.GetEntries(Cursors.For("1")));
    }

    [Fact, Trait("Rule", "P11")]
    public async Task A_write_that_the_memory_for_state_has_no_room_for_is_an_error_and_keeps_the_entries()
    {
        await using var node = await LiveNode.StartAsync(channel => channel.AddState(Cursors).AllowSubscribe(), "pikku.history.max-state-memory = 4KiB");
        var state = node.Services.GetRequiredService<IPikkuState>();
        await state.SetAsync(Cursors.For("1"), "first", 1);

        var e = await Assert.ThrowsAsync<EventHubException>(() => state.SetAsync(Cursors.For("1"), new string('x', 512), 2).AsTask());

        Assert.Equal(EventHubErrorReason.Unavailable, e.Reason);
        Assert.Contains("pikku.history.max-state-memory", e.Message, StringComparison.Ordinal);
        await state.SetAsync(Cursors.For("1"), "first", 3);
        Assert.Equal(3, Assert.Single(state.GetEntries(Cursors.For("1"))).Value);
        await state.RemoveAsync(Cursors.For("1"), "first");
        await state.SetAsync(Cursors.For("1"), "other", 4);
    }

    [Fact, Trait("Rule", "P11")]
    public async Task Events_of_such_a_topic_are_not_published_otherwise()
    {
        var e = await Assert.ThrowsAsync<EventHubException>(() => _node.Hub.PublishAsync(new Topic<StateEvent<int>>("cursors:1"), new StateEvent<int>("x")).AsTask());

        Assert.Contains(nameof(IPikkuState), e.Message, StringComparison.Ordinal);
    }

    private static string Subscribe(string topic) => $$$"""{"action":"pikku-subscribe","id":1,"data":{"topic":"{{{topic}}}"}}""";

    private static string Snapshot(string reply) => JsonNode.Parse(reply)!["data"]!["snapshot"]!.ToJsonString();

    private static async Task<string> DataAsync(LiveConnection client) => JsonNode.Parse(await client.NextAsync())!["data"]!.ToJsonString();

    private static async Task<string> AskBehindEventsAsync(LiveConnection client, string message)
    {
        client.Send(message);
        while (true)
        {
            if (await client.NextAsync() is var text && text.StartsWith("{\"action\"", StringComparison.Ordinal))
                return text;
        }
    }
}
