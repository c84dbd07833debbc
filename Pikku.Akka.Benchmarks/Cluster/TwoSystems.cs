using Akka.Actor;
using Pikku.Akka.Cluster;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>The actor systems of one cluster, with production settings except for limits.</summary>
internal sealed class TwoSystems : IAsyncDisposable
{
    private const string Hocon = """
        pikku {
          cluster { host = "127.0.0.1", port = 0 }
          limits.subscriptions-per-connection = 1000000
          event-hub.max-pending-publishes = 100000
        }
        akka.loglevel = OFF
        """;

    public List<ActorSystem> Systems { get; } = [];

    public List<BenchNode> Nodes { get; } = [];

    public static async Task<TwoSystems> StartAsync()
    {
        var cluster = new TwoSystems();
        await cluster.AddAsync();
        await cluster.AddAsync();
        return cluster;
    }

    /// <summary>Adds a node and returns when it is linked with all other nodes.</summary>
    public async Task<BenchNode> AddAsync()
    {
        var config = SettingsLoader.Load(null, [Hocon]);
        var system = ActorSystem.Create("pikku", config.WithFallback(ClusterDefaults.Config));
        Systems.Add(system);
        await global::Akka.Cluster.Cluster.Get(system).JoinAsync(global::Akka.Cluster.Cluster.Get(Systems[0]).SelfAddress);
        var node = new BenchNode(system, SettingsLoader.Read(config));
        Nodes.Add(node);
        await node.Opened;
        while (Nodes.Any(n => !n.Links.IsComplete || n.Links.All.Any(lane => lane.Peers.Count < Nodes.Count - 1 || lane.Peers.Any(peer => !peer.Linked))))
            await Task.Delay(10);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in Systems)
            await system.Terminate();
    }
}
