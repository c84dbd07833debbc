using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A node that does not respond delays nothing on the other nodes, long before it is considered unreachable.</summary>
public sealed class SilentNodeSpec : IAsyncLifetime
{
    private ThreeCutNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await ThreeCutNodes.StartAsync(app => app.WireChannel("test", channel =>
    {
        channel.AllowAnonymous().MapAction("who", (PikkuContext context) => context.Session?.UserId);
        channel.MapAction("logIn", async (PikkuContext context) => await context.SetSessionAsync(new TestSession("ann")));
        channel.MapAction("logOut", async (PikkuContext context) => await context.ClearSessionAsync());
    }), "pikku.cluster.silent-after = 3s"); // a node that gets no CPU time for half a second must not count as silent here

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact, Trait("Rule", "T1")]
    public async Task Sessions_are_read_and_written_without_it()
    {
        var (first, second) = (_nodes.First.Services.GetRequiredService<IPikkuSessionStore>(), _nodes.Second.Services.GetRequiredService<IPikkuSessionStore>());
        await first.SetAsync("before", new TestSession("before"), default);
        await _nodes.CutAsync();

        await UseAsync().Soon();

        // All requests together take less time than one that waits for the node.
        async Task UseAsync()
        {
            Assert.NotNull(await second.GetAsync("before", default));
            Assert.Null(await second.GetAsync("nobody", default));
            for (var i = 0; i < 20; i++)
            {
                await first.SetAsync($"user{i}", new TestSession($"user{i}"), default);
                Assert.NotNull(await second.GetAsync($"user{i}", default));
                await second.ClearAsync($"user{i}", default);
            }
        }
    }

    [Fact, Trait("Rule", "G1"), Trait("Rule", "T1")]
    public async Task Who_logs_in_and_out_does_not_wait_for_it()
    {
        var here = await TwoNodes.ConnectAsync(_nodes.First);
        var there = await TwoNodes.ConnectAsync(_nodes.Second, new TestSession("ann"));
        await _nodes.CutAsync();

        Assert.Equal("""{"action":"logIn"}""", await here.AskAsync("""{"action":"logIn"}"""));
        Assert.Equal("""{"action":"logOut"}""", await here.AskAsync("""{"action":"logOut"}"""));
        Assert.Equal("""{"action":"who","result":null}""", await there.AskAsync("""{"action":"who"}"""));
    }

    [Fact]
    public async Task The_operator_sees_all_others()
    {
        await _nodes.CutAsync();

        var report = await _nodes.First.Services.GetRequiredService<ClusterView>().ReportAsync().Soon();

        Assert.Equal(3, report.Nodes.Count);
        Assert.Equal(2, report.Nodes.Count(node => node.Status == "Up"));
        Assert.Single(report.Nodes, node => node.Status == "Up, does not answer");
    }

    [Fact]
    public async Task What_waits_for_it_in_memory_has_a_bound()
    {
        var there = await TwoNodes.ConnectAsync(_nodes.Cut);
        var channels = _nodes.First.Services.GetRequiredService<IPikkuChannels>();
        for (var i = 0; i < 100; i++)
        {
            await channels.SendAsync(there.Channel.Id, new byte[200_000]);
            Assert.NotEqual("", await there.NextAsync());
        }

        await _nodes.CutAsync();

        var sent = 0;
        var error = await Assert.ThrowsAsync<EventHubException>(async () =>
        {
            for (; sent < 1000; sent++)
                await channels.SendAsync(there.Channel.Id, new byte[200_000]);
        });
        Assert.Equal(EventHubErrorReason.Unavailable, error.Reason);
        Assert.InRange(sent, 10, ThreeCutNodes.MaxUnacknowledged / 200_000 + 1);
    }

    [Fact]
    public async Task The_others_stay_ready()
    {
        await _nodes.CutAsync();

        foreach (var node in new[] { _nodes.First, _nodes.Second })
            Assert.Equal(HealthStatus.Healthy, (await node.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status);
    }

    [Fact, Trait("Rule", "Q2")]
    public async Task Taking_access_away_waits_for_it_and_is_in_force_on_the_others_meanwhile()
    {
        var users = _nodes.First.Services.GetRequiredService<IPikkuUsers>();
        LiveConnection[] ann = [await TwoNodes.ConnectAsync(_nodes.First, new TestSession("ann")), await TwoNodes.ConnectAsync(_nodes.Second, new TestSession("ann"))];
        await _nodes.CutAsync();
        using var wait = new CancellationTokenSource();

        var ending = users.DisconnectAsync("ann", cancellationToken: wait.Token).AsTask();

        foreach (var connection in ann)
            await connection.ExpectAsync("close 1008 disconnected");
        Assert.False(ending.IsCompleted);
        wait.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ending);
    }
}
