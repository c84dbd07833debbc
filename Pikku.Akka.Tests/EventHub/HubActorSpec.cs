using System.Text.Json;
using Akka.Actor;
using Akka.TestKit.Xunit2;

using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Pikku.Akka.Tests.Support;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

public sealed class HubActorSpec : TestKit
{
    private static readonly Topic<int> News = new("news");
    private static readonly Topic<string> Texts = new("texts");

    private FakeHubTransport _other = new();

    [Fact]
    public async Task Gives_every_event_of_this_node_to_the_transport_in_order()
    {
        using var node = await StartInClusterAsync();

        for (var i = 0; i < 100; i++)
            _ = node.Hub.PublishAsync(News, i, new PublishOptions { ExceptChannelId = "a" }).AsTask();

        await AwaitAssertAsync(() => Assert.Equal(100, _other.Published.Count), Patience.Long);
        Assert.Equal(Enumerable.Range(0, 100), _other.Published.Select(published => published.As<int>(JsonSerializerOptions.Web)));
        Assert.All(_other.Published, published => Assert.Equal("a", published.Except));
    }

    [Fact, Trait("Rule", "K3")]
    public async Task Delivers_events_of_other_nodes_here_and_sends_them_no_further()
    {
        using var node = await StartInClusterAsync();
        var subscriber = node.Connect("a");
        var excepted = node.Connect("b");
        await node.Hub.SubscribeAsync(News, "a");
        await node.Hub.SubscribeAsync(News, "b");

        _other.Publish(EventEncoder.Encode("news", 1, new PublishOptions { ExceptChannelId = "b" }, JsonSerializerOptions.Web, int.MaxValue));
        Assert.Equal("""{"topic":"news","data":1}""", await subscriber.NextAsync());
        await node.Hub.PublishAsync(News, 2);

        Assert.Equal("""{"topic":"news","data":2}""", await excepted.NextAsync());
        await AwaitAssertAsync(() => Assert.Single(_other.Published), Patience.Long);
        Assert.Equal("""{"topic":"news","data":2}""", RecordingSubscriber.Text(_other.Published.Single()));
    }

    [Fact, Trait("Rule", "K2")]
    public async Task A_lane_that_restarts_keeps_its_subscriptions()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        await node.Hub.SubscribeAsync(News, "a");

        foreach (var lane in await LanesAsync(node))
            lane.Tell(Kill.Instance);
        await node.Hub.PublishAsync(News, 1);

        Assert.Equal("""{"topic":"news","data":1}""", await subscriber.NextAsync());
    }

    [Fact, Trait("Rule", "K2")]
    public async Task A_subscribe_that_a_lane_sees_after_the_end_of_its_connection_leaves_nothing_behind()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        var lane = Lanes.Of(News.Name);

        // The call passed the check of an open connection, and was overtaken by its end.
        var call = node.Client.Begin(isPublish: false);
        Assert.True(subscriber.Subscriptions.TryEnter(lane));
        node.Disconnect(subscriber);
        node.Client.Tell(lane, new HubProtocol.Subscribe(call, News.Name, TopicType<int>.For(JsonSerializerOptions.Web), subscriber, null));
        await call.Task;
        await node.Hub.PublishAsync(News, 1);

        Assert.Empty(subscriber.Received);
        Assert.Equal(0, node.Count("subscriptions"));
    }

    [Fact]
    public async Task A_call_that_makes_a_lane_fail_ends_with_an_error_and_harms_nothing_else()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        await node.Hub.SubscribeAsync(News, "a");

        var call = node.Client.Begin(isPublish: false);
        node.Client.Tell(Lanes.Of(News.Name), new HubProtocol.Subscribe(call, News.Name, TopicType<int>.For(JsonSerializerOptions.Web), null!, null));
        var refusal = await Assert.ThrowsAsync<EventHubException>(() => call.Task);
        await node.Hub.PublishAsync(News, 1);

        Assert.Equal(EventHubErrorReason.Unavailable, refusal.Reason);
        Assert.Equal("""{"topic":"news","data":1}""", await subscriber.NextAsync());
    }

    [Fact, Trait("Rule", "K6")]
    public async Task A_publish_to_a_hub_that_has_stopped_fails_at_once()
    {
        using var node = await StartAsync();
        await node.Actor.GracefulStop(Patience.Long);

        await AssertUnavailableAsync(node.Hub.PublishAsync(News, 1));
        node.Connect("a");
        await AssertUnavailableAsync(node.Hub.SubscribeAsync(News, "a"));
    }

    [Fact, Trait("Rule", "K6")]
    public async Task Calls_that_wait_when_the_hub_stops_fail()
    {
        using var node = await StartAsync();
        var lanes = await LanesAsync(node);
        using var delivering = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        node.Connect("a").OnDeliver = _ =>
        {
            delivering.Set();
            goOn.Wait(Patience.Long);
        };
        await node.Hub.SubscribeAsync(News, "a");
        var first = node.Hub.PublishAsync(News, 1);
        delivering.Wait(Patience.Long);

        // A lane takes its stop before what is in its mailbox: the calls that follow are thrown away with it.
        Sys.Stop(lanes[Lanes.Of(News.Name)]);
        var second = node.Hub.PublishAsync(News, 2);
        var subscribing = node.Hub.SubscribeAsync(News, "a", _ => default);
        goOn.Set();

        await first;
        await AssertUnavailableAsync(second);
        await AssertUnavailableAsync(subscribing);
    }

    [Fact]
    public async Task A_lane_that_someone_stops_takes_the_hub_down_instead_of_being_silent()
    {
        using var node = await StartAsync();
        await WatchAsync(node.Actor);

        Sys.Stop((await LanesAsync(node))[0]);
        await ExpectTerminatedAsync(node.Actor, Patience.Long);

        await AssertUnavailableAsync(node.Hub.PublishAsync(News, 1));
    }

    [Fact, Trait("Rule", "K6")]
    public async Task Publishes_beyond_the_bound_are_refused_while_others_wait()
    {
        using var node = await StartAsync(maxPendingPublishes: 2);
        using var goOn = new ManualResetEventSlim();
        node.Connect("a").OnDeliver = _ => goOn.Wait(Patience.Long);
        await node.Hub.SubscribeAsync(News, "a");

        var first = node.Hub.PublishAsync(News, 1);
        var second = node.Hub.PublishAsync(News, 2);
        await AssertUnavailableAsync(node.Hub.PublishAsync(News, 3));
        goOn.Set();
        await first;
        await second;

        await node.Hub.PublishAsync(News, 4);
        Assert.Equal(1, node.Count("refused"));
        Assert.Equal(3, node.Count("published"));
        Assert.Equal(3, node.Count("delivered"));
    }

    [Fact, Trait("Rule", "K6")]
    public async Task A_call_that_a_lane_does_not_get_to_is_answered_by_its_deadline()
    {
        using var node = new HubNode(Sys, change: settings => settings with { CallTimeout = TimeSpan.FromMilliseconds(100) });
        await node.Client.Opened;
        using var blocked = new BlockedSubscriber(node, Texts);
        await blocked.Subscribed;

        var first = node.Hub.PublishAsync(Texts, "blocks");
        blocked.WaitUntilBlocked();
        var second = node.Hub.PublishAsync(Texts, "waits");
        var subscribing = node.Hub.SubscribeAsync(Texts, blocked.Subscriber.Id, _ => default);

        await AssertUnavailableAsync(first);
        await AssertUnavailableAsync(second);
        await AssertUnavailableAsync(subscribing);
        blocked.Release();
        await AwaitAssertAsync(() => Assert.Equal(2, node.Count("published")), Patience.Long);
    }

    [Fact]
    public async Task Events_of_other_nodes_have_their_turn_while_publishes_of_this_one_wait()
    {
        const int locals = 2000;
        using var node = await StartInClusterAsync(maxPendingPublishes: locals + 1);
        using var blocked = new BlockedSubscriber(node, Texts);
        await blocked.Subscribed;
        var publishing = new List<Task> { node.Hub.PublishAsync(Texts, "blocks").AsTask() };
        blocked.WaitUntilBlocked();
        for (var i = 0; i < locals; i++)
            publishing.Add(node.Hub.PublishAsync(Texts, "local").AsTask());
        _other.Publish(Encoded("remote"));
        // Behind all of them in the mailbox; the lane learns of it last, and serves it then at once.
        for (var i = 0; i < locals / 10; i++)
            _other.Publish(Encoded("remote"));
        blocked.Release();
        await Task.WhenAll(publishing).Soon();

        await AwaitAssertAsync(() => Assert.Equal(1 + locals + 1 + locals / 10, blocked.Received), Patience.Long);
    }

    [Fact, Trait("Rule", "K5")]
    public async Task A_lane_that_restarts_delivers_what_other_nodes_had_sent_before()
    {
        using var node = await StartInClusterAsync();
        using var blocked = new BlockedSubscriber(node, Texts);
        await blocked.Subscribed;
        var lane = (await LanesAsync(node))[Lanes.Of(Texts.Name)];
        _other.Publish([.. Enumerable.Range(0, 5000).Select(i => Encoded($"{i}"))]);
        blocked.WaitUntilBlocked();
        lane.Tell(Kill.Instance);
        lane.Tell(Kill.Instance);
        blocked.Release();

        await AwaitAssertAsync(() => Assert.Equal(5000, blocked.Received), Patience.Long);
        Assert.Equal(
            Enumerable.Range(0, 5000).Select(i => $"{i}"),
            blocked.Subscriber.Received.Select(hubEvent => hubEvent.As<string>(JsonSerializerOptions.Web)));
    }

    [Fact, Trait("Rule", "K5")]
    public async Task A_batch_is_acknowledged_when_its_last_event_is_in_the_outboxes_and_not_before()
    {
        using var node = await StartInClusterAsync();
        using var blocked = new BlockedSubscriber(node, Texts);
        await blocked.Subscribed;

        _other.Publish(Replicated("blocks"), Replicated("last"));
        blocked.WaitUntilBlocked();
        Assert.Empty(_other.Sent.OfType<LaneMessage.Acknowledge>());
        blocked.Release();

        await AwaitAssertAsync(() => Assert.Equal(new LaneMessage.Acknowledge(1), _other.Sent.OfType<LaneMessage.Acknowledge>().Single()), Patience.Long);
        Assert.Equal(2, blocked.Received);
    }

    [Fact, Trait("Rule", "P7")]
    public async Task A_replicated_publish_completes_with_the_acknowledgement_of_the_other_node()
    {
        using var node = await StartInClusterAsync();

        var publishing = node.Hub.PublishAsync(Texts, "x", new PublishOptions { Durability = EventDurability.Replicated }).AsTask();
        await AwaitAssertAsync(() => Assert.Single(_other.Published), Patience.Long);
        Assert.False(publishing.IsCompleted);
        _other.Tell(Lanes.Of(Texts.Name), new LaneMessage.Acknowledge(1));

        await publishing.Soon();
    }

    [Fact, Trait("Rule", "P7")]
    public async Task A_replicated_publish_that_no_other_node_acknowledges_fails_by_its_deadline()
    {
        using var node = await StartInClusterAsync(transport: new FakeHubTransport { ReplicationTimeout = TimeSpan.FromMilliseconds(50) });

        await AssertUnavailableAsync(node.Hub.PublishAsync(Texts, "x", new PublishOptions { Durability = EventDurability.Replicated }));
    }

    [Fact, Trait("Rule", "P7")]
    public async Task A_replicated_publish_completes_at_once_on_a_node_that_stands_alone()
    {
        using var node = await StartAsync();

        await node.Hub.PublishAsync(Texts, "x", new PublishOptions { Durability = EventDurability.Replicated }).AsTask().Soon();
    }

    [Fact]
    public async Task A_message_to_a_user_reaches_his_other_connections_when_one_fails_to_take_it()
    {
        using var node = await StartInClusterAsync();
        node.Connect("a", "ann").OnDeliver = _ => throw new InvalidOperationException("No.");
        var other = node.Connect("b", "ann");

        await node.Hub.SendToUserAsync("ann", "hello");
        _other.Publish(EventEncoder.EncodeMessage(HubAudience.User, "ann", "again", JsonSerializerOptions.Web, 1000));

        Assert.Equal("hello", await other.NextAsync());
        Assert.Equal("again", await other.NextAsync());
        await AwaitAssertAsync(() => Assert.Equal(2, node.Count("delivery_failures")), Patience.Long);
    }

    [Fact]
    public async Task The_id_of_a_user_is_bounded_as_it_crosses_nodes_with_the_message()
    {
        using var node = await StartAsync();
        foreach (var id in new[] { new string('u', HubNode.MaxTopicLength + 1), "half a pair \uD83D" })
            Assert.Equal(EventHubErrorReason.InvalidTopic, (await Assert.ThrowsAsync<EventHubException>(() => node.Hub.SendToUserAsync(id, 1).AsTask())).Reason);
    }

    [Fact]
    public async Task A_transport_that_someone_stops_takes_the_hub_down_instead_of_losing_what_is_published()
    {
        using var node = await StartInClusterAsync();
        await WatchAsync(node.Actor);

        _other.Stop();
        await ExpectTerminatedAsync(node.Actor, Patience.Long);

        await AssertUnavailableAsync(node.Hub.PublishAsync(News, 1));
        Assert.False(node.Client.IsOpen);
    }

    [Fact]
    public async Task A_node_whose_numbers_can_not_be_trusted_any_more_ends()
    {
        using var node = await StartInClusterAsync();

        // A message that makes the lane fail in the middle of its work.
        node.Client.Tell(0, new HubProtocol.FromNode(2, new LaneMessage.Batch(null!)));

        await AwaitAssertAsync(() => Assert.True(_other.HasLeft), Patience.Long);
    }

    private static HubEvent Replicated(string data) => EventEncoder.Encode(
        Texts.Name, data, new PublishOptions { Durability = EventDurability.Replicated }, JsonSerializerOptions.Web, int.MaxValue);

    private static HubEvent Encoded(string data, string topic = "texts") =>
        EventEncoder.Encode(topic, data, default, JsonSerializerOptions.Web, int.MaxValue);

    private async Task<HubNode> StartAsync(int maxPendingPublishes = 1000)
    {
        var node = new HubNode(Sys, maxPendingPublishes: maxPendingPublishes);
        await node.Client.Opened;
        return node;
    }

    private async Task<HubNode> StartInClusterAsync(int maxPendingPublishes = 1000, FakeHubTransport? transport = null)
    {
        _other = transport ?? _other;
        var node = new HubNode(Sys, _other, maxPendingPublishes);
        await _other.Ready.Soon();
        return node;
    }

    private async Task<IActorRef[]> LanesAsync(HubNode node) =>
        await Task.WhenAll(Enumerable.Range(0, Lanes.Count).Select(lane =>
            Sys.ActorSelection(node.Actor.Path / EventHubActor.LaneName(lane)).ResolveOne(Patience.Long)));

    private static async Task AssertUnavailableAsync(ValueTask call)
    {
        var refusal = await Assert.ThrowsAsync<EventHubException>(() => call.AsTask());
        Assert.Equal(EventHubErrorReason.Unavailable, refusal.Reason);
    }
}
