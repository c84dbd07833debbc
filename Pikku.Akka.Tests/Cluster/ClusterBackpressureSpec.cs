using Akka.Actor;
using Pikku.Akka.Cluster;
using Pikku.Akka.Replication;
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
            _nodes.Add(new HubNode(system, cluster: settings));
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

    [Fact, Trait("Rule", "K5"), Trait("Rule", "K6"), Trait("Rule", "P6")]
    public async Task A_node_that_does_not_deliver_is_sent_no_more_than_the_bound_and_gets_the_rest_when_it_has_caught_up()
    {
        using var blocked = new BlockedSubscriber(Far, News);
        await blocked.Subscribed;

        // More than the bound and less than what is kept for repair.
        const int events = 4000;
        for (var i = 0; i < events; i++)
            await Near.Hub.PublishAsync(News, $"{i} {s_hundred}");
        await Eventually.Holds(() => PeersOf(Near).Any(peer => peer.HeldBack), "the other node is sent no more");
        Assert.All(PeersOf(Near), peer => Assert.InRange(peer.Unacknowledged, 0, Bound));
        Assert.All(PeersOf(Far), peer => Assert.InRange(peer.Waiting, 0, Bound));
        blocked.Release();

        await Eventually.Holds(() => blocked.Received == events, "everything is delivered");
        Assert.Equal(
            Enumerable.Range(0, events).Select(i => $"{i}"),
            blocked.Subscriber.Received.Select(hubEvent => RecordingSubscriber.Text(hubEvent).Split('"')[^2].Split(' ')[0]));
        await Eventually.Holds(() => PeersOf(Near).All(peer => peer.Unacknowledged == 0), "and acknowledged");
        Assert.Equal(0, Far.Count("batches_lost"));
    }

    [Fact, Trait("Rule", "K5")]
    public async Task A_node_that_lacks_more_than_is_kept_is_told_of_a_gap_and_goes_on()
    {
        var asks = Far.Connect("asks");
        await Far.Hub.SubscribeAsync(EventHubGap.Topic, "asks");
        using var blocked = new BlockedSubscriber(Far, News);
        await blocked.Subscribed;

        for (var i = 0; i < 40_000; i++)
            await Near.Hub.PublishAsync(News, s_hundred);
        blocked.Release();

        Assert.Equal(EventHubGap.Topic.Name, (await asks.NextEventAsync()).Topic);
        await Near.Hub.PublishAsync(News, "after");
        await Eventually.Holds(
            () => blocked.Subscriber.Received.LastOrDefault() is { } last && RecordingSubscriber.Text(last).Contains("after", StringComparison.Ordinal), "it goes on");
        Assert.InRange(Far.Count("batches_lost"), 1, long.MaxValue);
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

        await Eventually.Holds(() => blocked.Received == 2001, "everything is delivered");
        var own = blocked.Subscriber.Received.Select((hubEvent, i) => (Text: RecordingSubscriber.Text(hubEvent), i)).Single(e => e.Text.Contains("of this node", StringComparison.Ordinal)).i;
        Assert.InRange(own, 1, 600);
    }

    [Fact]
    public async Task The_node_that_delivers_events_of_another_measures_how_long_they_took()
    {
        var subscriber = Far.Connect("c1");
        await Far.Hub.SubscribeAsync(News, "c1");

        await Near.Hub.PublishAsync(News, "one");
        Assert.Equal(News.Name, (await subscriber.NextEventAsync()).Topic);

        Assert.Equal(1, Far.Count("lag"));
        Assert.Equal(0, Near.Count("lag"));
    }

    [Fact]
    public async Task A_batch_that_can_not_be_read_is_a_gap_and_ends_nothing()
    {
        var asks = Far.Connect("asks");
        await Far.Hub.SubscribeAsync(EventHubGap.Topic, "asks");
        await Far.Hub.SubscribeAsync(News, "asks");
        var lane = Lanes.Of(News.Name);
        // Batches as the other node would send them next.
        await Near.Hub.PublishAsync(News, "before");
        Assert.Equal(News.Name, (await asks.NextEventAsync()).Topic);
        var origin = global::Akka.Cluster.Cluster.Get(_systems[0]).SelfUniqueAddress.Uid;
        byte[][] garbage = [[], [0xFF, 0xFF, 0xFF, 0xFF], [3, 0, 0, 0, 128, 1, (byte)'n'], [5, 0, 0, 0, 4, 1, (byte)'n', 1, (byte)'{']];
        for (var i = 0; i < garbage.Length; i++)
        {
            byte[] bytes = [.. new byte[HubBatch.HeaderLength], .. garbage[i]];
            HubBatch.WriteHeader(bytes, origin, new Origin(1), lane, i + 1, int.MaxValue, acknowledgeAtOnce: false, publishedAt: 0);
            Far.Lanes[lane].Tell(new HubBatch(bytes));
            Assert.Equal(EventHubGap.Topic.Name, (await asks.NextEventAsync()).Topic);
        }
    }

    private static IEnumerable<PeerState> PeersOf(HubNode node) => node.Links.All.SelectMany(lane => lane.Peers);
}
