using Akka.Actor;
using Akka.TestKit.Xunit2;

using Pikku.Akka.EventHub;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

public sealed class HubActorSpec : TestKit
{
    private static readonly Topic<int> News = new("news");

    [Fact]
    public async Task Gives_every_event_of_this_node_to_the_transport_in_order()
    {
        using var node = await StartAsync(TestActor);

        for (var i = 0; i < 100; i++)
            _ = node.Hub.Publish(News, i, new PublishOptions { Except = "a" }).AsTask();

        for (var i = 0; i < 100; i++)
        {
            var published = await ExpectMsgAsync<HubProtocol.Published>();
            Assert.Equal(i, published.Event.As<int>(System.Text.Json.JsonSerializerOptions.Web));
            Assert.Equal("a", published.Event.Except);
        }
    }

    [Fact, Trait("Rule", "K3")]
    public async Task Delivers_events_of_other_nodes_here_and_sends_them_no_further()
    {
        using var node = await StartAsync(TestActor);
        var subscriber = node.Connect("a");
        var excepted = node.Connect("b");
        await node.Hub.Subscribe(News, "a");
        await node.Hub.Subscribe(News, "b");

        node.Gate.DeliverRemote(new HubEvent("news", "1"u8.ToArray(), [0x81, 1, (byte)'1']) { Except = "b" });
        await node.Hub.Publish(News, 2);

        Assert.Equal("1", await subscriber.NextAsync());
        Assert.Equal("""{"topic":"news","data":2}""", await excepted.NextAsync());
        var published = await ExpectMsgAsync<HubProtocol.Published>();
        Assert.Equal("""{"topic":"news","data":2}""", RecordingSubscriber.Text(published.Event));
    }

    [Fact, Trait("Rule", "K2")]
    public async Task A_lane_that_restarts_keeps_its_subscriptions()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        await node.Hub.Subscribe(News, "a");

        foreach (var lane in await LanesAsync(node))
            lane.Tell(Kill.Instance);
        await node.Hub.Publish(News, 1);

        Assert.Equal("""{"topic":"news","data":1}""", await subscriber.NextAsync());
    }

    [Fact, Trait("Rule", "K2")]
    public async Task A_subscribe_that_a_lane_sees_after_the_end_of_its_connection_leaves_nothing_behind()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        var lane = node.Gate.LaneOf(News.Name);

        // The call passed the check of an open connection, and was overtaken by its end.
        var call = node.Gate.Begin(isPublish: false);
        Assert.True(subscriber.Subscriptions.TryEnter(lane));
        node.Disconnect(subscriber);
        node.Gate.Tell(lane, new HubProtocol.Subscribe(call, News.Name, subscriber, null));
        await call.Task;
        await node.Hub.Publish(News, 1);

        Assert.Empty(subscriber.Received);
        Assert.Equal(0, node.Count("subscriptions"));
    }

    [Fact]
    public async Task A_call_that_makes_a_lane_fail_ends_with_an_error_and_harms_nothing_else()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        await node.Hub.Subscribe(News, "a");

        var call = node.Gate.Begin(isPublish: false);
        node.Gate.Tell(node.Gate.LaneOf(News.Name), new HubProtocol.Subscribe(call, News.Name, null!, null));
        var refusal = await Assert.ThrowsAsync<EventHubException>(() => call.Task);
        await node.Hub.Publish(News, 1);

        Assert.Equal(EventHubError.Unavailable, refusal.Reason);
        Assert.Equal("""{"topic":"news","data":1}""", await subscriber.NextAsync());
    }

    [Fact, Trait("Rule", "K6")]
    public async Task A_publish_to_a_hub_that_has_stopped_fails_at_once()
    {
        using var node = await StartAsync();
        await node.Actor.GracefulStop(TimeSpan.FromSeconds(20));

        await AssertUnavailableAsync(node.Hub.Publish(News, 1));
        node.Connect("a");
        await AssertUnavailableAsync(node.Hub.Subscribe(News, "a"));
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
            goOn.Wait(TimeSpan.FromSeconds(20));
        };
        await node.Hub.Subscribe(News, "a");
        var first = node.Hub.Publish(News, 1);
        delivering.Wait(TimeSpan.FromSeconds(20));

        // A lane takes its stop before what is in its mailbox: the calls that follow are thrown away with it.
        Sys.Stop(lanes[node.Gate.LaneOf(News.Name)]);
        var second = node.Hub.Publish(News, 2);
        var subscribing = node.Hub.Subscribe(News, "a", _ => default);
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
        await ExpectTerminatedAsync(node.Actor);

        await AssertUnavailableAsync(node.Hub.Publish(News, 1));
    }

    [Fact, Trait("Rule", "K6")]
    public async Task Publishes_beyond_the_bound_are_refused_while_others_wait()
    {
        using var node = await StartAsync(maxPendingPublishes: 2);
        using var goOn = new ManualResetEventSlim();
        node.Connect("a").OnDeliver = _ => goOn.Wait(TimeSpan.FromSeconds(20));
        await node.Hub.Subscribe(News, "a");

        var first = node.Hub.Publish(News, 1);
        var second = node.Hub.Publish(News, 2);
        await AssertUnavailableAsync(node.Hub.Publish(News, 3));
        goOn.Set();
        await first;
        await second;

        await node.Hub.Publish(News, 4);
        Assert.Equal(1, node.Count("refused"));
        Assert.Equal(3, node.Count("published"));
        Assert.Equal(3, node.Count("delivered"));
    }

    private async Task<HubNode> StartAsync(IActorRef? transport = null, int maxPendingPublishes = 1000)
    {
        var node = new HubNode(Sys, transport, maxPendingPublishes);
        await node.Gate.Opened;
        return node;
    }

    private async Task<IActorRef[]> LanesAsync(HubNode node) =>
        await Task.WhenAll(Enumerable.Range(0, 3).Select(lane =>
            Sys.ActorSelection(node.Actor.Path / EventHubActor.LaneName(lane)).ResolveOne(TimeSpan.FromSeconds(20))));

    private static async Task AssertUnavailableAsync(ValueTask call)
    {
        var refusal = await Assert.ThrowsAsync<EventHubException>(() => call.AsTask());
        Assert.Equal(EventHubError.Unavailable, refusal.Reason);
    }
}
