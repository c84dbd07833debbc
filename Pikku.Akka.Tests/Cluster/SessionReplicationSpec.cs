using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.EventHub;
using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Stored sessions on three nodes: every node has them, a clear ends all updates of its logins, and neither a dead node nor a joining one loses any.</summary>
[Trait("Rule", "T1")]
public sealed class SessionReplicationSpec : IAsyncLifetime
{
    private ThreeCutNodes _nodes = null!;

    // A node that gets no CPU time for some seconds, or is cut off by a test, must neither count as silent nor lose its lease.
    public async Task InitializeAsync() => _nodes = await ThreeCutNodes.StartAsync(Wire, "pikku.cluster { silent-after = 3s, isolation-timeout = 2m }");

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact, Trait("Rule", "G3")]
    public async Task A_write_is_on_every_node_when_it_completes()
    {
        for (var i = 0; i < 50; i++)
        {
            var user = $"user{i}";
            await StoreOf(_nodes.First).SetAsync(user, new TestSession(user), default);
            foreach (var node in All)
                Assert.NotNull(await StoreOf(node).GetAsync(user, default));

            await StoreOf(_nodes.Second).ClearAsync(user, default);
            foreach (var node in All)
                Assert.Null(await StoreOf(node).GetAsync(user, default));
        }
    }

    [Fact, Trait("Rule", "G2")]
    public async Task An_update_on_one_node_never_outlives_a_clear_on_another_that_it_did_not_know()
    {
        await StoreOf(_nodes.First).SetAsync("ann", new TestSession("ann"), default);
        await StoreOf(_nodes.First).SetAsync("bob", new TestSession("bob"), default);
        var (ann, login) = await StoreOf(_nodes.Cut).OpenAsync("ann", default);
        await _nodes.CutAsync();

        // The clear comes first by the clock, and the update wins by the clock.
        await StoreOf(_nodes.First).ClearAsync("ann", default);
        await StoreOf(_nodes.Cut).SetAsync("ann", ann!, login, default);
        await StoreOf(_nodes.Cut).SetAsync("bob", new TestSession("bob") { IsReadOnly = true }, default);
        Assert.NotNull(await StoreOf(_nodes.Cut).GetAsync("ann", default));
        await _nodes.MendAsync();

        // Both updates have come from the same node in this order per lane; the one that no clear has ended arrives.
        await EventuallyAsync(async () => await StoreOf(_nodes.First).GetAsync("bob", default) is { IsReadOnly: true });
        await EventuallyAsync(async () => await StoreOf(_nodes.Cut).GetAsync("ann", default) is null);
        await AgreeAsync("ann");
        Assert.Null(await StoreOf(_nodes.Second).GetAsync("ann", default));
        await Assert.ThrowsAsync<InvalidSessionError>(async () => await StoreOf(_nodes.Cut).SetAsync("ann", ann!, login, default));
    }

    [Fact, Trait("Rule", "G2")]
    public async Task A_function_that_updates_a_session_loses_against_a_log_out_on_another_node_and_may_log_in_again()
    {
        var there = await TwoNodes.ConnectAsync(_nodes.Cut);
        await there.AskAsync("""{"action":"logIn"}""");
        var here = await TwoNodes.ConnectAsync(_nodes.First, new TestSession("ann"));
        await _nodes.CutAsync();

        Assert.Equal("""{"action":"logOut"}""", await here.AskAsync("""{"action":"logOut"}"""));
        Assert.Equal("""{"action":"update"}""", await there.AskAsync("""{"action":"update"}"""));
        await _nodes.MendAsync();

        // The request that ends the session of the connection is lost with the packets of the link. The clear is repaired, and ends it with the next update.
        await AgreeAsync("ann");
        Assert.Null(await StoreOf(_nodes.Cut).GetAsync("ann", default));
        Assert.Contains("InvalidSessionError", await there.AskAsync("""{"action":"update"}"""), StringComparison.Ordinal);
        Assert.Equal("""{"action":"who","result":null}""", await there.AskAsync("""{"action":"who"}"""));
        // The node may still take the others for silent, so its write does not wait for them.
        Assert.Equal("""{"action":"logIn"}""", await there.AskAsync("""{"action":"logIn"}"""));
        await EventuallyAsync(async () => await StoreOf(_nodes.First).GetAsync("ann", default) is not null);
    }

    [Fact, Trait("Rule", "G2")]
    public async Task A_connection_whose_session_was_cleared_in_the_store_loses_it_with_its_next_update()
    {
        var there = await TwoNodes.ConnectAsync(_nodes.Second);
        await there.AskAsync("""{"action":"logIn"}""");

        await StoreOf(_nodes.First).ClearAsync("ann", default);

        Assert.Contains("InvalidSessionError", await there.AskAsync("""{"action":"update"}"""), StringComparison.Ordinal);
        Assert.Equal("""{"action":"who","result":null}""", await there.AskAsync("""{"action":"who"}"""));
        Assert.Equal("""{"action":"logIn"}""", await there.AskAsync("""{"action":"logIn"}"""));
        Assert.NotNull(await StoreOf(_nodes.First).GetAsync("ann", default));
    }

    [Fact]
    public async Task What_a_node_has_stored_survives_its_end()
    {
        await using (var leaver = await JoinAsync())
        {
            for (var i = 0; i < 20; i++)
                await StoreOf(leaver).SetAsync($"user{i}", new TestSession($"user{i}"), default);
        }

        await EventuallyAsync(() => Task.FromResult(
            _nodes.First.Services.GetRequiredService<Akka.Cluster.HubLinks>().All.All(lane => lane.Peers.Count == 2)));
        // A later write of the same lanes comes after everything that the removal has caused.
        for (var i = 0; i < 20; i++)
        {
            await StoreOf(_nodes.First).SetAsync($"later{i}", new TestSession($"later{i}"), default);
            Assert.NotNull(await StoreOf(_nodes.First).GetAsync($"user{i}", default));
            Assert.NotNull(await StoreOf(_nodes.Second).GetAsync($"user{i}", default));
        }
    }

    [Fact]
    public async Task A_node_that_joins_has_all_sessions_and_clears_before_it_is_ready()
    {
        const int Users = 500;
        for (var i = 0; i < Users; i++)
            await StoreOf(i % 2 == 0 ? _nodes.First : _nodes.Second).SetAsync($"user{i}", new TestSession($"user{i}"), default);
        var (ann, login) = await StoreOf(_nodes.First).OpenAsync("user0", default);
        await StoreOf(_nodes.First).ClearAsync("user0", default);

        await using var joiner = await JoinAsync();

        for (var i = 1; i < Users; i++)
            Assert.NotNull(await StoreOf(joiner).GetAsync($"user{i}", default));
        Assert.Null(await StoreOf(joiner).GetAsync("user0", default));
        await Assert.ThrowsAsync<InvalidSessionError>(async () => await StoreOf(joiner).SetAsync("user0", ann!, login, default));
    }

    private IEnumerable<LiveNode> All => [_nodes.First, _nodes.Second, _nodes.Cut];

    private static void Wire(PikkuBuilder app) => app.WireChannel("test", channel =>
    {
        channel.AllowAnonymous().MapAction("who", (PikkuContext context) => context.Session?.UserId);
        channel.MapAction("logIn", async (PikkuContext context) => await context.SetSessionAsync(new TestSession("ann")));
        channel.MapAction("update", async (PikkuContext context) => await context.SetSessionAsync(context.GetRequiredSession<TestSession>() with { Scopes = ["updated"] }));
        channel.MapAction("logOut", async (PikkuContext context) => await context.ClearSessionAsync());
    });

    private Task<LiveNode> JoinAsync()
    {
        var first = global::Akka.Cluster.Cluster.Get(TwoNodes.SystemOf(_nodes.First)).SelfAddress;
        return LiveNode.StartAppAsync(Wire, $$"""
            pikku.cluster { host = "127.0.0.1", port = 0, seeds = ["{{first.Host}}:{{first.Port}}"], silent-after = 3s }
            akka { loglevel = ERROR, remote.dot-netty.tcp.applied-adapters = ["trttl"] }
            """);
    }

    private static IFencedSessionStore StoreOf(LiveNode node) => (IFencedSessionStore)node.Services.GetRequiredService<IPikkuSessionStore>();

    private Task AgreeAsync(string user) => EventuallyAsync(() => Task.FromResult(
        All.Select(node => node.Services.GetRequiredService<HubClient>().Sessions!.Find(user)).Select(entry => (entry?.Stamp, entry?.Base)).Distinct().Count() == 1));

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var end = new CancellationTokenSource(Patience.Long);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
            await timer.WaitForNextTickAsync(end.Token);
    }
}
