using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Processes that are replaced one after another under load, as an orchestrator does for a new version.</summary>
public sealed class RollingRestartSpec(ProcessCluster cluster) : IClassFixture<ProcessCluster>
{
    [SkippableFact, Trait("Rule", "I4"), Trait("Rule", "P4")]
    public async Task A_rolling_restart_brings_every_client_back_and_costs_those_with_a_position_nothing()
    {
        await cluster.HealAsync();
        var clients = Enumerable.Range(0, 12).Select(i => new ReconnectingClient([.. cluster.Addresses.Take(ProcessCluster.Usual).Select(node => node.Port)], i, Subscriber.Topic, Subscriber.Gap)).ToArray();
        await Eventually.Holds(() => clients.All(client => client.IsSubscribed), "all are connected");
        await using var load = await FeedLoad.StartAsync(cluster, [0, 1, 2, 0, 1, 2], (0, false), (1, true), (2, false));

        for (var node = 0; node < ProcessCluster.Usual; node++)
        {
            await cluster.StopAsync(node);
            await load.FlowsAsync();
            await cluster.StartAsync(node);
            await load.FlowsAsync();
        }

        await load.SettleAsync();
        Assert.All(load.Followers, follower => Assert.True(follower.Subscriptions > 1));

        await Eventually.Holds(() => clients.All(client => client.IsSubscribed), "all are back");
        await cluster.Node(1).PublishAsync("after");
        await Eventually.Holds(() => clients.All(client => client.HasSeen("after")), "all get what is published");
        // Clients without a position that lost their connection know that they may have missed events; the others have missed none.
        Assert.All(clients, client => Assert.True(client.Endings > 0));
        Assert.All(clients, client => Assert.Equal(0, client.Gaps));
        Assert.All(clients.SelectMany(client => client.Codes), code => Assert.Equal(1001, code));
        foreach (var client in clients)
            await client.DisposeAsync();
    }
}
