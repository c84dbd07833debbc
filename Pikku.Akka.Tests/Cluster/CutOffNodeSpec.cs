using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Cluster;
using Pikku.Akka.Requests;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A node that is cut off from its cluster does not act as a member, and a node that has contact with a majority does.</summary>
public sealed class CutOffNodeSpec : IAsyncLifetime
{
    private const int CutOff = 69;
    private const int InContact = 76;
    private const int SendsElsewhere = 77;

    private static readonly Topic<string> s_news = new("news");

    private ThreeCutNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await ThreeCutNodes.StartAsync(
        app => app.WireChannel("test", channel =>
        {
            channel.AllowAnonymous();
            channel.MapAction("publish", async (PikkuContext context) => await context.EventHub.PublishAsync(s_news, "x"));
        }),
        "pikku.cluster.isolation-timeout = 2s");

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_node_that_is_cut_off_is_not_ready_refuses_publishes_and_connections_and_sends_its_clients_elsewhere()
    {
        var client = await TwoNodes.ConnectAsync(_nodes.Cut);
        await _nodes.Cut.Hub.PublishAsync(s_news, "before");
        Assert.Null(Record.Exception(() => Admit(_nodes.Cut)));

        await _nodes.CutAsync();
        await Eventually.Holds(async () => (await CheckAsync(_nodes.Cut)).Status == HealthStatus.Unhealthy, "it has noticed");

        var health = (await CheckAsync(_nodes.Cut)).Entries["pikku"];
        Assert.Equal("cut-off", health.Data["reason"]);
        Assert.Contains("pikku.cluster.isolation-timeout", health.Description, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<EventHubException>(() => _nodes.Cut.Hub.PublishAsync(s_news, "cut").AsTask());
        Assert.Equal(EventHubErrorReason.Unavailable, error.Reason);
        Assert.Contains("ServiceUnavailableError", await client.AskAsync("""{"action":"publish"}"""), StringComparison.Ordinal);
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, Assert.Throws<RequestRefusal>(() => Admit(_nodes.Cut)).Status);
        var report = await _nodes.Cut.Services.GetRequiredService<ClusterView>().ReportAsync();
        Assert.Equal(health.Description, report.Nodes.Single(node => node.Node == report.Self).Problem);
        await Eventually.Holds(() => _nodes.Cut.Log.Own.Any(line => line is { EventId: CutOff, Level: LogLevel.Error }), "the log says it");

        Assert.Equal("close 1001 the node is cut off from its cluster; retry-after-ms=1", await client.NextAsync());
        Assert.Single(_nodes.Cut.Log.Own, line => line.EventId == SendsElsewhere);
    }

    [Fact]
    public async Task The_majority_goes_on()
    {
        await _nodes.CutAsync();
        await Eventually.Holds(async () => (await CheckAsync(_nodes.Cut)).Status == HealthStatus.Unhealthy, "the other part has noticed");

        foreach (var node in new[] { _nodes.First, _nodes.Second })
        {
            await node.Hub.PublishAsync(s_news, "on");
            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(node)).Status);
            Assert.DoesNotContain(node.Log.Own, line => line.EventId == CutOff);
        }
    }

    [Fact]
    public async Task A_node_that_has_contact_again_before_it_is_removed_goes_on()
    {
        await _nodes.CutAsync();
        await Eventually.Holds(() => _nodes.Cut.Log.Own.Any(line => line.EventId == CutOff), "it has noticed");

        await _nodes.MendAsync();

        await Eventually.Holds(async () => (await CheckAsync(_nodes.Cut)).Status == HealthStatus.Healthy, "it is ready again");
        await _nodes.Cut.Hub.PublishAsync(s_news, "after");
        Assert.Null(Record.Exception(() => Admit(_nodes.Cut)));
        await Eventually.Holds(() => _nodes.Cut.Log.Own.Any(line => line is { EventId: InContact, Level: LogLevel.Information }), "the log says it");
    }

    private static Task<HealthReport> CheckAsync(LiveNode node) => node.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private static void Admit(LiveNode node)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/test";
        node.Services.GetRequiredService<RequestChecks>().Admit(context);
    }
}
