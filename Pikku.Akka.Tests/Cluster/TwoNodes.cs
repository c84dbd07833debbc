using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Connections;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Two whole nodes of one cluster in this process: a front, where connections are, and a worker that runs what is placed there.</summary>
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

    /// <summary>A connection of one of the nodes, with an id as a real one has.</summary>
    public static Task<LiveConnection> ConnectAsync(LiveNode node, IPikkuSession? session = null, object? openingData = null) =>
        node.ConnectAsync(node.Services.GetRequiredService<Akka.Cluster.ClusterClient>().NewChannelId(), session, openingData: openingData);

    public static ActorSystem SystemOf(LiveNode node) => node.Services.GetRequiredService<ActorSystem>();

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        await Front.DisposeAsync();
    }

    // A node that gets no CPU time for half a second is not silent here: the specs are about nodes that answer.
    // Without serialize-messages, which a message of the replicated data to itself (its ReadRepair) does not survive; what crosses nodes is
    // serialised anyway, and the hub is tested with it.
    private static Task<LiveNode> StartAsync(Action<PikkuBuilder> app, string hocon, string role, string seeds) => LiveNode.StartAppAsync(app, $$"""
        pikku.cluster { host = "127.0.0.1", port = 0, roles = [{{role}}], silent-after = 20s }
        akka.loglevel = ERROR
        {{seeds}}
        {{hocon}}
        """);
}
