using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Connections;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Two whole nodes of one cluster in this process: a front node with the connections, and a worker that runs the functions that are placed there.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    private TwoNodes(LiveNode front, LiveNode worker)
    {
        Front = front;
        Worker = worker;
    }

    public LiveNode Front { get; }

    public LiveNode Worker { get; }

    public static async Task<TwoNodes> StartAsync(Action<PikkuBuilder> app, string hocon = "", string workerHocon = "")
    {
        var front = await StartAsync(app, hocon, "front", "");
        var address = global::Akka.Cluster.Cluster.Get(SystemOf(front)).SelfAddress;
        return new TwoNodes(front, await StartAsync(app, $"{hocon}\n{workerHocon}", "worker", $"pikku.cluster.seeds = [\"{address.Host}:{address.Port}\"]"));
    }

    /// <summary>Creates a connection of one of the nodes. Its id has the form of a real one.</summary>
    public static Task<LiveConnection> ConnectAsync(LiveNode node, IPikkuSession? session = null, object? openingData = null) =>
        node.ConnectAsync(node.Services.GetRequiredService<Akka.Cluster.ClusterClient>().NewChannelId(), session, openingData: openingData);

    public static ActorSystem SystemOf(LiveNode node) => node.Services.GetRequiredService<ActorSystem>();

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        await Front.DisposeAsync();
    }

    // A node that gets no CPU time for half a second is not considered silent here, because these specs are about responsive nodes.
    private static Task<LiveNode> StartAsync(Action<PikkuBuilder> app, string hocon, string role, string seeds) => LiveNode.StartAppAsync(app, $$"""
        pikku.cluster { host = "127.0.0.1", port = 0, roles = [{{role}}], silent-after = 20s }
        akka.loglevel = ERROR
        {{seeds}}
        {{hocon}}
        """);
}
