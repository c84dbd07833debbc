using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>The hub of three nodes of a cluster, which speak over real sockets. Every message is serialised, also on its own node.</summary>
public sealed class ClusterEventHubSpec(ThreeSystems systems) : EventHubContract, IClassFixture<ThreeSystems>
{
    private readonly List<HubNode> _nodes = [];

    internal override async Task<IReadOnlyList<HubNode>> StartNodesAsync()
    {
        await systems.Formed;
        foreach (var system in systems.All)
            _nodes.Add(new HubNode(system, cluster: systems.Settings));
        foreach (var node in _nodes)
            await node.Client.Opened;
        await AwaitAssertAsync(() => Assert.All(_nodes, node => Assert.True(node.IsLinkedWith(2))), TimeSpan.FromSeconds(30));
        return _nodes;
    }

    protected override async Task StopNodesAsync()
    {
        foreach (var actor in _nodes.SelectMany(node => node.Actors))
            await actor.GracefulStop(Patience.Long);
        await FlushAsync();
    }

    // The next test has hubs of its own on the same members, which begin with the same numbers. What these hubs have sent last must not arrive there: it goes from mediator
    // to mediator, and so do these questions, behind it.
    private async Task FlushAsync()
    {
        foreach (var system in systems.All)
            await DistributedPubSub.Get(system).Mediator.Ask<ActorIdentity>(new Identify(null), Patience.Long);
        foreach (var system in systems.All)
        {
            foreach (var other in systems.All)
            {
                var address = global::Akka.Cluster.Cluster.Get(other).SelfAddress;
                var path = DistributedPubSub.Get(other).Mediator.Path.ToStringWithAddress(address);
                await system.ActorSelection(path).Ask<ActorIdentity>(new Identify(null), Patience.Long);
            }
        }
    }

    [Fact, Trait("Rule", "K7")]
    public async Task A_publish_on_another_node_right_after_a_subscribe_is_delivered_a_thousand_times()
    {
        var (near, far) = (_nodes[0], _nodes[2]);
        for (var i = 0; i < 1000; i++)
        {
            var subscriber = far.Connect($"c{i}");
            var topic = new Topic<int>($"topic:{i}");
            await far.Hub.SubscribeAsync(topic, subscriber.Id);
            await near.Hub.PublishAsync(topic, i);

            Assert.Equal(topic.Name, (await subscriber.NextEventAsync()).Topic);
            far.Disconnect(subscriber);
        }
    }

    [Fact, Trait("Rule", "K5")]
    public async Task Every_node_gets_what_every_other_publishes_once_and_in_its_order()
    {
        const int each = 3000;
        var news = new Topic<string>("news");
        var subscribers = _nodes.Select((node, i) => node.Connect($"c{i}")).ToArray();
        for (var i = 0; i < _nodes.Count; i++)
            await _nodes[i].Hub.SubscribeAsync(news, subscribers[i].Id);

        await Task.WhenAll(_nodes.Select((node, n) => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                await node.Hub.PublishAsync(news, $"{n}:{i}");
        })));

        foreach (var subscriber in subscribers)
        {
            var seen = new List<string>();
            while (seen.Count < each * _nodes.Count)
                seen.Add((await subscriber.NextEventAsync()).As<string>(System.Text.Json.JsonSerializerOptions.Web)!);
            for (var n = 0; n < _nodes.Count; n++)
                Assert.Equal(Enumerable.Range(0, each).Select(i => $"{n}:{i}"), seen.Where(data => data.StartsWith($"{n}:", StringComparison.Ordinal)));
        }

        Assert.All(_nodes, node => Assert.Equal(0, node.Count("batches_lost")));
    }

    [Fact, Trait("Rule", "K3")]
    public async Task A_message_to_a_user_reaches_the_users_connections_on_all_nodes()
    {
        var here = _nodes[0].Connect("here", "ann");
        var there = _nodes[2].Connect("there", "ann");
        var other = _nodes[2].Connect("other", "bob");

        await _nodes[1].Hub.SendToUserAsync("ann", new { Hello = 1 });
        await _nodes[1].Hub.SendToUserAsync("ann", "plain");
        await _nodes[1].Hub.SendToUserAsync("bob", 2);

        Assert.Equal("""{"hello":1}""", await here.NextAsync());
        Assert.Equal("""{"hello":1}""", await there.NextAsync());
        Assert.Equal("plain", await there.NextAsync());
        Assert.Equal("2", await other.NextAsync());
    }

    [Fact, Trait("Rule", "K6")]
    public async Task A_hundred_thousand_topics_that_come_and_go_leave_nothing_behind()
    {
        const int topics = 100_000, atATime = 1000;
        var (near, far) = (_nodes[0], _nodes[2]);
        for (var begin = 0; begin < topics; begin += atATime)
        {
            var subscribers = Enumerable.Range(begin, atATime).Select(i => (Topic: new Topic<int>($"user:{i}"), Connection: far.Connect($"c{i}"))).ToArray();
            await Task.WhenAll(subscribers.Select(s => far.Hub.SubscribeAsync(s.Topic, s.Connection.Id).AsTask()));
            await Task.WhenAll(subscribers.Select(s => near.Hub.PublishAsync(s.Topic, 1).AsTask()));
            foreach (var (topic, connection) in subscribers)
            {
                Assert.Equal(topic.Name, (await connection.NextEventAsync()).Topic);
                far.Disconnect(connection);
            }
        }

        await AwaitAssertAsync(() => Assert.Equal((0, 0), (far.Count("topics"), far.Count("subscriptions"))), Patience.Long);
        Assert.All(_nodes, node => Assert.Equal(0, node.Count("batches_lost")));
    }
}
