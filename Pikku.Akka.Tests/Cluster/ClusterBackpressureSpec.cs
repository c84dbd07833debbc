using Akka.Actor;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.EventHub;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Two nodes, one of which delivers events more slowly than the other publishes them.</summary>
public sealed class ClusterBackpressureSpec : IAsyncLifetime
{
    private const int Bound = 256 * 1024;

    private static readonly Topic<string> News = new("news");
    private static readonly string s_hundred = new('x', 100);

    private readonly List<ActorSystem> _systems = [];
    private readonly List<HubNode> _nodes = [];

    private HubNode Near => _nodes[0];

    private HubNode Far => _nodes[1];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var (system, settings) = await ClusterMember.StartAsync(
                """
                pikku.cluster { heartbeat = 200ms, max-unacknowledged = 256KiB }
                akka.loglevel = OFF
                """,
                _systems.FirstOrDefault());
            _systems.Add(system);
            _nodes.Add(new HubNode(system, cluster: settings, change: hub => hub with { Lanes = 2 * HubLinks.Lanes }));
            await _nodes[i].Client.Opened;
        }

        await Eventually.Holds(() => _nodes.All(node => node.IsLinkedWith(1)), "both are linked");
    }

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
        foreach (var node in _nodes)
            node.Dispose();
    }

    [Fact, Trait("Rule", "K5"), Trait("Rule", "K6")]
    public async Task Events_that_the_other_node_does_not_deliver_wait_up_to_the_bound_and_are_then_dropped_counted_and_told()
    {
        const int chunks = 50, each = 200;
        var asks = Far.Connect("asks");
        await Far.Hub.SubscribeAsync(EventHubGap.Topic, "asks");
        using var blocked = new BlockedSubscriber(Far, News);
        await blocked.Subscribed;
        // The topic has another hub lane but the same lane between the nodes. When its event has arrived, all events before it have arrived and were not delivered.
        var marker = Enumerable.Range(0, 1000).Select(i => new Topic<string>($"marker:{i}"))
            .First(topic => Far.Client.LaneOf(topic.Name) == (Far.Client.LaneOf(News.Name) + HubLinks.Lanes) % (2 * HubLinks.Lanes));
        var marked = Far.Connect("marked");
        await Far.Hub.SubscribeAsync(marker, "marked");

        var events = 0;
        for (var chunk = 1; chunk <= chunks && Near.Count("events_dropped") == 0; chunk++)
        {
            for (var i = 0; i < each; i++, events++)
                await Near.Hub.PublishAsync(News, s_hundred);
            await Near.Hub.PublishAsync(marker, "here");
            await Eventually.Holds(() => marked.Received.Count == chunk || Near.Count("events_dropped") > 0, "it has arrived, or what is above the bound is dropped");
        }

        Assert.InRange(events, 2 * each, (chunks - 1) * each);
        await Eventually.Holds(() => PeersOf(Near).Any(peer => peer.Dropped > 0), "the lane tells of it");
        Assert.All(PeersOf(Near), peer => Assert.InRange(peer.Unacknowledged, 0, Bound));
        Assert.All(PeersOf(Far), peer => Assert.InRange(peer.Waiting, 0, Bound));

        blocked.Release();
        Assert.Equal(EventHubGap.Topic.Name, (await asks.NextEventAsync()).Topic);
        await Eventually.Holds(() => PeersOf(Near).All(peer => peer.Unacknowledged == 0), "what was not dropped is delivered and acknowledged");
        Assert.InRange(blocked.Received, 2 * each, events);

        await Near.Hub.PublishAsync(marker, "after");
        await Eventually.Holds(() => RecordingSubscriber.Text(marked.Received.Last()).Contains("after", StringComparison.Ordinal), "it goes on");
    }

    [Fact, Trait("Rule", "K6")]
    public async Task A_node_that_falls_behind_holds_up_neither_its_own_publishers_nor_its_subscribers()
    {
        using var blocked = new BlockedSubscriber(Far, News);
        await blocked.Subscribed;
        for (var i = 0; i < 2000; i++)
            await Near.Hub.PublishAsync(News, s_hundred);
        blocked.WaitUntilBlocked();

        // Both events wait behind the one event that is being delivered, and not behind all events of the other node.
        var publishing = Far.Hub.PublishAsync(News, "of this node").AsTask();
        Far.Connect("late");
        var subscribing = Far.Hub.SubscribeAsync(News, "late").AsTask();
        blocked.Release();
        await publishing.Soon();
        await subscribing.Soon();

        await Eventually.Holds(() => blocked.Received + Near.Count("events_dropped") == 2001, "everything is delivered");
        var own = blocked.Subscriber.Received.Select((hubEvent, i) => (Text: RecordingSubscriber.Text(hubEvent), i)).Single(e => e.Text.Contains("of this node", StringComparison.Ordinal)).i;
        Assert.InRange(own, 1, 600);
    }

    [Fact, Trait("Rule", "K5")]
    public async Task A_lane_between_nodes_that_restarts_on_either_side_is_a_gap_and_then_goes_on()
    {
        var asks = Far.Connect("asks");
        await Far.Hub.SubscribeAsync(EventHubGap.Topic, "asks");
        await Far.Hub.SubscribeAsync(News, "asks");
        var lane = Far.Client.LaneOf(News.Name) % HubLinks.Lanes;
        foreach (var node in new[] { Near, Far })
        {
            await Near.Hub.PublishAsync(News, "before");
            Assert.Equal(News.Name, (await asks.NextEventAsync()).Topic);

            node.Lanes[lane].Tell(new HubLinkProtocol.Published(null!, null)); // which it fails on

            Assert.Equal(EventHubGap.Topic.Name, (await asks.NextEventAsync()).Topic);
            await Eventually.Holds(() => _nodes.All(n => n.IsLinkedWith(1)), "it is linked again");
        }

        await Near.Hub.PublishAsync(News, "after");
        Assert.Equal("""{"topic":"news","data":"after"}""", await asks.NextAsync());
    }

    [Fact]
    public async Task A_batch_that_can_not_be_read_is_a_gap_and_ends_nothing()
    {
        var asks = Far.Connect("asks");
        await Far.Hub.SubscribeAsync(EventHubGap.Topic, "asks");
        await Far.Hub.SubscribeAsync(News, "asks");
        var lane = Far.Client.LaneOf(News.Name) % HubLinks.Lanes;
        // A batch as the other node would send it: its id, its incarnation and its next sequence number.
        await Near.Hub.PublishAsync(News, "before");
        Assert.Equal(News.Name, (await asks.NextEventAsync()).Topic);
        var origin = global::Akka.Cluster.Cluster.Get(_systems[0]).SelfUniqueAddress.Uid;
        const long Life = long.MaxValue; // later than any real one, whose batches are late from now on
        Send(new OutboundBatch(origin, Life, lane, 1).Heartbeat([]));
        Assert.Equal(EventHubGap.Topic.Name, (await asks.NextEventAsync()).Topic);
        byte[][] garbage = [[], [0xFF, 0xFF, 0xFF, 0xFF], [3, 0, 0, 0, 128, 1, (byte)'n'], [5, 0, 0, 0, 4, 1, (byte)'n', 1, (byte)'{']];
        for (var i = 0; i < garbage.Length; i++)
        {
            byte[] bytes = [.. new byte[HubBatch.HeaderLength], .. garbage[i]];
            HubBatch.WriteHeader(bytes, origin, Life, lane, i, int.MaxValue);
            Send(new HubBatch(bytes));
            Assert.Equal(EventHubGap.Topic.Name, (await asks.NextEventAsync()).Topic);
        }

        void Send(object message) => Far.Lanes[lane].Tell(message);
    }

    private static IEnumerable<PeerState> PeersOf(HubNode node) => node.Links.All.SelectMany(lane => lane.Peers);
}
