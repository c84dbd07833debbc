using Akka.Actor;
using Akka.Cluster;
using Pikku.Akka.Nodes;
using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>The hub of three nodes of a cluster, which speak over real sockets. Every message is serialised, also on its own node.</summary>
public sealed class ClusterEventHubSpec : EventHubContract
{
    private readonly List<ActorSystem> _systems = [];

    internal override async Task<IReadOnlyList<HubNode>> StartNodesAsync()
    {
        var nodes = new List<HubNode>();
        for (var i = 0; i < 3; i++)
        {
            var config = SettingsLoader.Load(null, ["""
                pikku.cluster { host = "127.0.0.1", port = 0 }
                akka { loglevel = WARNING, actor.serialize-messages = on }
                """]);
            var system = ActorSystem.Create("pikku", config.WithFallback(ClusterDefaults.Config));
            _systems.Add(system);
            await Cluster.Get(system).JoinAsync(Cluster.Get(_systems[0]).SelfAddress);
            nodes.Add(new HubNode(system, cluster: SettingsLoader.Read(config).Cluster));
        }

        foreach (var node in nodes)
            await node.Gate.Opened;
        await AwaitAssertAsync(() => Assert.All(nodes, node =>
        {
            Assert.True(node.Links.IsComplete);
            Assert.All(node.Links.All, lane => Assert.Equal(2, lane.Peers.Count));
        }), TimeSpan.FromSeconds(30));
        return nodes;
    }

    protected override async Task StopNodesAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
    }
}
