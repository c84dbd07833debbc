using Akka.Actor;
using Pikku.Akka.Cluster;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>The actor systems of one cluster, with production settings except for limits.</summary>
/// <param name="topics">The topics with a history.</param>
internal sealed class TwoSystems(IReadOnlyList<TopicDeclaration> topics) : IAsyncDisposable
{
    private const string Hocon = """
        pikku {
          cluster { host = "127.0.0.1", port = 0 }
          limits.subscriptions-per-connection = 1000000
          event-hub.max-pending-publishes = 100000
        }
        akka.loglevel = OFF
        """;

    /// <summary>The settings of each node.</summary>
    public static PikkuSettings Settings { get; } = SettingsLoader.Read(SettingsLoader.Load(null, [Hocon]));

    public List<ActorSystem> Systems { get; } = [];

    public List<BenchNode> Nodes { get; } = [];

    /// <summary>The address by which another process joins.</summary>
    public Address Seed => global::Akka.Cluster.Cluster.Get(Systems[0]).SelfAddress;

    /// <summary>Starts nodes that are linked with one another.</summary>
    /// <param name="nodes">Their number.</param>
    /// <param name="topics">The topics with a history.</param>
    public static async Task<TwoSystems> StartAsync(int nodes = 2, params IReadOnlyList<TopicDeclaration> topics)
    {
        var cluster = new TwoSystems(topics);
        for (var i = 0; i < nodes; i++)
            await cluster.AddAsync();
        return cluster;
    }

    /// <summary>Adds a node and returns when it is linked with all other nodes.</summary>
    public async Task<BenchNode> AddAsync()
    {
        var node = await BeginAsync();
        while (Nodes.Any(n => !n.Links.IsComplete || n.Links.All.Any(lane => lane.Peers.Count < Nodes.Count - 1 || lane.Peers.Any(peer => !peer.Linked))))
            await Task.Delay(10);
        return node;
    }

    /// <summary>Adds a node and returns when it has started. It is not linked yet.</summary>
    public async Task<BenchNode> BeginAsync()
    {
        var (system, node) = await JoinAsync(Systems.Count == 0 ? null : Seed, topics);
        Systems.Add(system);
        Nodes.Add(node);
        return node;
    }

    /// <summary>Starts a node that joins a cluster.</summary>
    /// <param name="seed">A member of the cluster; null for a new cluster.</param>
    /// <param name="topics">The topics with a history.</param>
    public static async Task<(ActorSystem System, BenchNode Node)> JoinAsync(Address? seed, IReadOnlyList<TopicDeclaration> topics)
    {
        var config = SettingsLoader.Load(null, [Hocon]);
        var system = ActorSystem.Create("pikku", config.WithFallback(ClusterDefaults.Config));
        var cluster = global::Akka.Cluster.Cluster.Get(system);
        await cluster.JoinAsync(seed ?? cluster.SelfAddress);
        var node = new BenchNode(system, Settings, topics);
        await node.Opened;
        return (system, node);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var system in Systems)
            await system.Terminate();
    }
}
