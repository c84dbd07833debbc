using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A node that forms a new cluster logs it, and two clusters that should be one are detected.</summary>
public sealed class TwoClustersSpec
{
    private const int SingleSeed = 60;
    private const int Alone = 61;
    private const int Yields = 62;
    private const int Stays = 63;

    [Fact]
    public async Task A_node_that_began_a_cluster_while_others_ran_is_not_ready_and_says_why()
    {
        var ports = NodeProcess.FreePorts(2);
        var seeds = string.Join(", ", ports.Select(port => $"\"127.0.0.1:{port}\""));
        // Each node forms its own cluster, as if it could not reach the other.
        await using var one = await StartAsync(ports[0], seeds);
        await using var two = await StartAsync(ports[1], seeds);
        Assert.NotEqual(global::Akka.Cluster.Cluster.Get(TwoNodes.SystemOf(one)).State.Leader, global::Akka.Cluster.Cluster.Get(TwoNodes.SystemOf(two)).State.Leader);
        var (stays, yields) = string.CompareOrdinal($"{ports[0]}", $"{ports[1]}") < 0 ? (one, two) : (two, one);

        await Eventually.Holds(async () => await HealthOf(yields) == HealthStatus.Unhealthy, "it has noticed");
        await Eventually.Holds(() => stays.Log.Own.Any(line => line.EventId == Stays), "the other one has noticed, too");

        Assert.Equal(HealthStatus.Healthy, await HealthOf(stays));
        var line = Assert.Single(yields.Log.Own, line => line.EventId == Yields);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains($"127.0.0.1:{ports[0]}", line.Text, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{ports[1]}", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_alone_or_has_one_seed_says_so()
    {
        await using var nodes = await TwoNodes.StartAsync(app => Wire(app));
        foreach (var node in new[] { nodes.Front, nodes.Worker })
            Assert.Contains(node.Log.Own, line => line is { EventId: SingleSeed, Level: LogLevel.Warning });
        Assert.Single(nodes.Front.Log.Own, line => line is { EventId: Alone, Level: LogLevel.Warning });
        Assert.DoesNotContain(nodes.Worker.Log.Own, line => line.EventId == Alone);

        await TwoNodes.SystemOf(nodes.Front).Terminate();

        await Eventually.Holds(() => nodes.Worker.Log.Own.Any(line => line.EventId == Alone), "the one that is left says that it is alone");
    }

    private static async Task<HealthStatus> HealthOf(LiveNode node) =>
        (await node.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;

    private static Task<LiveNode> StartAsync(int port, string seeds) => LiveNode.StartAppAsync(Wire, $$"""
        pikku.cluster { host = "127.0.0.1", port = {{port}}, seeds = [{{seeds}}] }
        akka { loglevel = ERROR, cluster.seed-nodes = ["akka.tcp://pikku@127.0.0.1:{{port}}"] }
        """);

    private static void Wire(PikkuBuilder app) => app.WireChannel("test", channel => channel.AllowAnonymous().MapAction("ping", () => 1));
}
