using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;
using Pikku.Akka.Tests.EventHub;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// Three nodes, of which two can't reach each other while both reach the third. Akka's resolver removes both, with every strategy; docs/cluster.md describes it. If
/// this spec fails after an update of Akka, the resolver has changed, and the page has to follow.
/// </summary>
public sealed class BrokenLinkSpec : IAsyncLifetime
{
    private readonly List<ActorSystem> _systems = [];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            var (system, _) = await ClusterMember.StartAsync(
                """
                pikku.cluster.isolation-timeout = 3s
                akka {
                  loglevel = OFF
                  remote.dot-netty.tcp.applied-adapters = ["trttl"]
                  cluster.failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 4s }
                  # Longer than the time between the moments at which the two ends notice the cut on a busy machine: if the resolver decides in between, it may remove
                  # only one of them.
                  cluster.split-brain-resolver.stable-after = 5s
                }
                """,
                _systems.FirstOrDefault());
            _systems.Add(system);
        }

        await Eventually.Holds(() => _systems.All(system => Cluster(system).State.Members.Count == 3), "all are members");
    }

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
    }

    [Fact]
    public async Task The_nodes_at_both_ends_of_a_broken_link_are_removed_and_the_third_one_stays()
    {
        await CutAsync(_systems[0], _systems[2]);
        await CutAsync(_systems[2], _systems[0]);

        await Eventually.Holds(() => Cluster(_systems[1]).State.Members.Count == 1, "both have been removed");
        await Eventually.Holds(() => _systems[0].WhenTerminated.IsCompleted, "the first node has noticed it");
        await Eventually.Holds(() => _systems[2].WhenTerminated.IsCompleted, "the third node has noticed it");
        Assert.False(_systems[1].WhenTerminated.IsCompleted);
    }

    private static async Task CutAsync(ActorSystem system, ActorSystem target) => Assert.True(
        await ((IRemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport.ManagementCommand(
            new SetThrottle(Cluster(target).SelfAddress, ThrottleTransportAdapter.Direction.Both, Blackhole.Instance)));

    private static global::Akka.Cluster.Cluster Cluster(ActorSystem system) => global::Akka.Cluster.Cluster.Get(system);
}
