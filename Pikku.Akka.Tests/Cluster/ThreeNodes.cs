using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.Connections;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Three whole nodes of one cluster in this process, all alike.</summary>
internal sealed class ThreeNodes : IAsyncDisposable
{
    private readonly List<LiveNode> _nodes = [];

    public LiveNode this[int index] => _nodes[index];

    public IReadOnlyList<LiveNode> All => _nodes;

    /// <summary>Starts the nodes.</summary>
    /// <param name="app">The application of all nodes.</param>
    /// <param name="hocon">The settings of all nodes.</param>
    /// <param name="roles">The role of each node; null for none.</param>
    public static async Task<ThreeNodes> StartAsync(Action<PikkuBuilder> app, string hocon = "", string[]? roles = null)
    {
        var all = new ThreeNodes();
        for (var i = 0; i < 3; i++)
        {
            var seeds = "";
            if (i > 0)
            {
                var address = global::Akka.Cluster.Cluster.Get(TwoNodes.SystemOf(all[0])).SelfAddress;
                seeds = $"pikku.cluster.seeds = [\"{address.Host}:{address.Port}\"]";
            }

            // As in TwoNodes: a node that gets no processor time for a moment is not silent, and it may take long to answer.
            all._nodes.Add(await LiveNode.StartAppAsync(app, $$"""
                pikku.cluster { host = "127.0.0.1", port = 0, roles = [{{roles?[i]}}], silent-after = 20s, request-timeout = 1m }
                akka.loglevel = ERROR
                {{seeds}}
                {{hocon}}
                """));
        }

        return all;
    }

    /// <summary>A connection of one of the nodes, with an id as a real one has.</summary>
    public Task<LiveConnection> ConnectAsync(int node, IPikkuSession? session = null, string? channel = null, bool enveloped = false) => this[node].ConnectAsync(
        this[node].Services.GetRequiredService<ClusterClient>().NewChannelId(), session, enveloped, channel: channel);

    /// <summary>A service of one of the nodes.</summary>
    public T Of<T>(int node) where T : notnull => this[node].Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes))
            await node.DisposeAsync();
    }
}
