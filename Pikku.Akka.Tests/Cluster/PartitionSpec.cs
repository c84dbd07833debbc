using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;
using Pikku.Akka.Tests.EventHub;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Three nodes. The network between the last node and the others is cut.</summary>
public sealed class PartitionSpec : IAsyncLifetime
{
    private readonly List<ActorSystem> _systems = [];
    private readonly List<HubNode> _nodes = [];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            // The timeouts are short, so that decisions take seconds; the rules are those of cluster.conf.
            var (system, settings) = await ClusterMember.StartAsync(
                """
                pikku.cluster { heartbeat = 200ms, isolation-timeout = 3s }
                akka {
                  loglevel = OFF
                  remote.dot-netty.tcp.applied-adapters = ["trttl"]
                  cluster.failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 4s }
                  cluster.split-brain-resolver.stable-after = 2s
                }
                """,
                _systems.FirstOrDefault());
            _systems.Add(system);
            _nodes.Add(new HubNode(system, cluster: settings));
            await _nodes[i].Client.Opened;
        }

        await Eventually.Holds(() => _nodes.All(node => node.IsLinkedWith(2)), "all are linked");
    }

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
        foreach (var node in _nodes)
            node.Dispose();
    }

    [Fact, Trait("Rule", "K5"), Trait("Rule", "P6")]
    public async Task What_was_published_while_the_link_was_cut_arrives_afterwards_in_order()
    {
        var news = new Topic<string>("news");
        var asks = _nodes[2].Connect("asks");
        var near = _nodes[1].Connect("near");
        await _nodes[2].Hub.SubscribeAsync(EventHubGap.Topic, "asks");
        await _nodes[2].Hub.SubscribeAsync(news, "asks");
        await _nodes[1].Hub.SubscribeAsync(news, "near");

        await CutAsync(true);
        for (var i = 0; i < 10; i++)
            await _nodes[0].Hub.PublishAsync(news, $"cut {i}");
        for (var i = 0; i < 10; i++)
            Assert.Equal($"{{\"topic\":\"news\",\"data\":\"cut {i}\"}}", await near.NextAsync());
        await CutAsync(false);

        // No further event is needed: a beat says how far its node has come, and the other one asks.
        for (var i = 0; i < 10; i++)
            Assert.Equal($"{{\"topic\":\"news\",\"data\":\"cut {i}\"}}", await asks.NextAsync());
        await _nodes[0].Hub.PublishAsync(news, "after");
        Assert.Equal("""{"topic":"news","data":"after"}""", await asks.NextAsync());
        Assert.All(_nodes, node => Assert.Equal(0, node.Count("batches_lost")));
    }

    [Fact, Trait("Rule", "K5")]
    public async Task The_smaller_part_goes_down_and_the_larger_one_serves()
    {
        await CutAsync(true);

        await _systems[2].WhenTerminated.WaitAsync(TimeSpan.FromSeconds(60));
        await Eventually.Holds(() => global::Akka.Cluster.Cluster.Get(_systems[0]).State.Members.Count == 2, "it has been removed");

        var news = new Topic<string>("news");
        var near = _nodes[1].Connect("near");
        await _nodes[1].Hub.SubscribeAsync(news, "near");
        await _nodes[0].Hub.PublishAsync(news, "on");
        Assert.Equal("""{"topic":"news","data":"on"}""", await near.NextAsync());
        await Eventually.Holds(() => _nodes[0].IsLinkedWith(1), "the lanes know it");
    }

    // Cuts the connections between the last node and the others, in both directions.
    private async Task CutAsync(bool cut)
    {
        ThrottleMode mode = cut ? Blackhole.Instance : Unthrottled.Instance;
        foreach (var other in _systems.Take(2))
        {
            await SetAsync(other, _systems[2], mode);
            await SetAsync(_systems[2], other, mode);
        }
    }

    private static async Task SetAsync(ActorSystem system, ActorSystem target, ThrottleMode mode) => Assert.True(
        await ((IRemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport.ManagementCommand(
            new SetThrottle(global::Akka.Cluster.Cluster.Get(target).SelfAddress, ThrottleTransportAdapter.Direction.Both, mode)));
}
