using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.Connections;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>When a node of a cluster reports that it is ready.</summary>
public sealed class ReadinessSpec
{
    [Fact, Trait("Rule", "K7")]
    public async Task A_node_that_was_linked_stays_ready_while_another_one_joins_or_stops()
    {
        await using var nodes = await TwoNodes.StartAsync(
            app => app.WireChannel("test", channel => channel.AllowAnonymous().MapAction("ping", () => 1)));
        var links = nodes.Front.Services.GetRequiredService<HubLinks>();
        Assert.Equal(HealthStatus.Healthy, await HealthOf(nodes.Front));

        // A member that is Up and reachable as far as the cluster knows, and that is not linked yet.
        var joiner = new PeerState("127.0.0.1:1", false, false, 0, 0, 0, 0, false);
        links.Update(new LinkState(0, 0, true, false, 0, 0, [joiner]));

        Assert.Equal(HealthStatus.Healthy, await HealthOf(nodes.Front));
    }

    private static async Task<HealthStatus> HealthOf(LiveNode node) =>
        (await node.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;
}
