using System.Text.Json;
using Akka.Actor;
using Akka.TestKit.Xunit2;

using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

public sealed class HubActorSpec : TestKit
{
    private static readonly Topic<int> News = new("news");
    private static readonly Topic<string> Texts = new("texts");

    [Fact]
    public async Task Gives_every_event_of_this_node_to_the_transport_in_order()
    {
        using var node = await StartAsync(TestActor);

        for (var i = 0; i < 100; i++)
            _ = node.Hub.PublishAsync(News, i, new PublishOptions { ExceptChannelId = "a" }).AsTask();

        for (var i = 0; i < 100; i++)
        {
            var published = await ExpectMsgAsync<HubLinkProtocol.Published>(Patience.Long);
            Assert.Equal(i, published.Event.As<int>(JsonSerializerOptions.Web));
            Assert.Equal("a", published.Event.Except);
        }
    }

    [Fact, Trait("Rule", "K3")]
    public async Task Delivers_events_of_other_nodes_here_and_sends_them_no_further()
    {
        using var node = await StartAsync(TestActor);
        var subscriber = node.Connect("a");
        var excepted = node.Connect("b");
        await node.Hub.SubscribeAsync(News, "a");
        await node.Hub.SubscribeAsync(News, "b");

        node.Client.DeliverRemote([new HubEvent("news", "1"u8.ToArray(), EncodedMessage.Copy(MessageKind.Text, "1"u8)) { Except = "b" }]);
        Assert.Equal("1", await subscriber.NextAsync());
        await node.Hub.PublishAsync(News, 2);

        Assert.Equal("""{"topic":"news","data":2}""", await excepted.NextAsync());
        var published = await ExpectMsgAsync<HubLinkProtocol.Published>(Patience.Long);
        Assert.Equal("""{"topic":"news","data":2}""", RecordingSubscriber.Text(published.Event));
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
        var lane = node.Client.LaneOf(News.Name);

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
        node.Client.Tell(node.Client.LaneOf(News.Name), new HubProtocol.Subscribe(call, News.Name, TopicType<int>.For(JsonSerializerOptions.Web), null!, null));
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
        Sys.Stop(lanes[node.Client.LaneOf(News.Name)]);
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
    public async Task A_publish_waits_for_a_transport_that_is_behind_and_no_longer_than_that()
    {
        using var node = await StartAsync(TestActor);
        var event4000 = new string('x', 4000);
        var given = 0L;
        while (true)
        {
            var publishing = node.Hub.PublishAsync(Texts, event4000).AsTask();
            var free = await ExpectMsgAsync<HubLinkProtocol.Published>(Patience.Long);
            Assert.Equal(4000 + 2, free.Event.Payload.Length);
            given += free.Event.Size;
            Assert.Equal(given > HubNode.TransportBacklog, free.Call is not null);
            if (free.Call is not null)
                break;
            await publishing.Soon();
        }

        var waiting = node.Hub.PublishAsync(Texts, "behind").AsTask();
        var published = await ExpectMsgAsync<HubLinkProtocol.Published>(Patience.Long);
        Assert.False(waiting.IsCompleted);
        published.Call!.Complete();
        await waiting.Soon();
    }

    [Fact, Trait("Rule", "K6")]
    public async Task Publishes_that_nobody_awaits_are_bounded_while_the_transport_is_behind()
    {
        const int bound = 100;
        using var node = await StartAsync(TestActor, maxPendingPublishes: bound);
        var event4000 = new string('x', 4000);

        var refused = 0;
        for (var i = 0; i < 1000; i++)
        {
            if (node.Hub.PublishAsync(Texts, event4000).AsTask() is { IsFaulted: true } call)
            {
                refused++;
                Assert.Equal(EventHubErrorReason.Unavailable, (await Assert.ThrowsAsync<EventHubException>(() => call)).Reason);
            }
        }

        // The transport takes nothing: what it was given is what was free, and what waits.
        Assert.True(refused > 0);
        var free = HubNode.TransportBacklog / 4000 + 1;
        Assert.InRange(1000 - refused, bound, free + bound);
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
        using var node = await StartAsync(maxPendingPublishes: locals + 1);
        using var blocked = new BlockedSubscriber(node, Texts);
        await blocked.Subscribed;
        var publishing = new List<Task> { node.Hub.PublishAsync(Texts, "blocks").AsTask() };
        blocked.WaitUntilBlocked();
        for (var i = 0; i < locals; i++)
            publishing.Add(node.Hub.PublishAsync(Texts, "local").AsTask());
        node.Client.DeliverRemote([Encoded("remote")]);
        // Behind all of them in the mailbox; the lane learns of it last, and serves it then at once.
        for (var i = 0; i < locals / 10; i++)
            node.Client.DeliverRemote([Encoded("remote")]);
        blocked.Release();
        await Task.WhenAll(publishing).Soon();

        await AwaitAssertAsync(() => Assert.Equal(1 + locals + 1 + locals / 10, blocked.Received), Patience.Long);
    }

    [Fact, Trait("Rule", "K5")]
    public async Task A_lane_that_restarts_delivers_what_other_nodes_had_sent_before()
    {
        using var node = await StartAsync();
        using var blocked = new BlockedSubscriber(node, Texts);
        await blocked.Subscribed;
        var lane = (await LanesAsync(node))[node.Client.LaneOf(Texts.Name)];
        node.Client.DeliverRemote([.. Enumerable.Range(0, 5000).Select(i => Encoded($"{i}"))]);
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
    public async Task A_batch_is_reported_when_its_last_event_is_in_the_outboxes_and_not_before()
    {
        using var node = await StartAsync();
        using var blocked = new BlockedSubscriber(node, Texts);
        await blocked.Subscribed;
        var others = Enumerable.Range(0, 20).Select(i => new Topic<string>($"topic:{i}")).ToArray();
        var delivery = new HubDelivery(done => TestActor.Tell(done));

        node.Client.DeliverRemote([Encoded("blocks"), .. others.Select(topic => Encoded("x", topic.Name))], delivery);
        blocked.WaitUntilBlocked();
        Assert.False(delivery.IsComplete);
        blocked.Release();

        Assert.Same(delivery, await ExpectMsgAsync<HubDelivery>(Patience.Long));
    }

    [Fact]
    public async Task A_message_to_a_user_reaches_his_other_connections_when_one_fails_to_take_it()
    {
        using var node = await StartAsync();
        node.Connect("a", "ann").OnDeliver = _ => throw new InvalidOperationException("No.");
        var other = node.Connect("b", "ann");

        await node.Hub.SendToUserAsync("ann", "hello");
        node.Client.DeliverRemote([EventEncoder.EncodeMessage(HubAudience.User, "ann", "again", JsonSerializerOptions.Web, 1000)]);

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
        var link = CreateTestProbe();
        using var node = await StartAsync(link.Ref);
        await WatchAsync(node.Actor);

        Sys.Stop(link.Ref);
        await ExpectTerminatedAsync(node.Actor, Patience.Long);

        await AssertUnavailableAsync(node.Hub.PublishAsync(News, 1));
        Assert.False(node.Client.IsOpen);
    }

    private static HubEvent Encoded(string data, string topic = "texts") =>
        EventEncoder.Encode(topic, data, default, JsonSerializerOptions.Web, int.MaxValue);

    private async Task<HubNode> StartAsync(IActorRef? transport = null, int maxPendingPublishes = 1000)
    {
        var node = new HubNode(Sys, transport, maxPendingPublishes);
        await node.Client.Opened;
        return node;
    }

    private async Task<IActorRef[]> LanesAsync(HubNode node) =>
        await Task.WhenAll(Enumerable.Range(0, 3).Select(lane =>
            Sys.ActorSelection(node.Actor.Path / EventHubActor.LaneName(lane)).ResolveOne(Patience.Long)));

    private static async Task AssertUnavailableAsync(ValueTask call)
    {
        var refusal = await Assert.ThrowsAsync<EventHubException>(() => call.AsTask());
        Assert.Equal(EventHubErrorReason.Unavailable, refusal.Reason);
    }
}
