using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Testing;

/// <summary>Several nodes in one process, and what a test can do to them.</summary>
public sealed class TestClusterSpec : IAsyncLifetime
{
    private static readonly Topic<string> s_news = new("news");

    private PikkuTestCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await PikkuTestCluster.StartAsync(3, pikku => pikku.WireChannel("lab", channel =>
    {
        channel.AllowAnonymous().MapAction("echo", (string text) => text);
        channel.MapAction("publish", async (string text, IEventHub hub) => await hub.PublishAsync(s_news, text));
        channel.AddTopic(s_news).AllowSubscribe();
    }));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task An_event_reaches_the_clients_of_every_node()
    {
        var events = new List<PikkuTestSubscription<string>>();
        foreach (var node in _cluster.Nodes)
            events.Add(await (await node.ConnectAsync("lab")).SubscribeAsync(s_news));
        var fourth = await _cluster.AddNodeAsync();
        await using var client = await fourth.ConnectAsync("lab");

        await client.InvokeAsync("publish", new { text = "hello" });

        foreach (var subscription in events)
            Assert.Equal("hello", await subscription.NextAsync());
    }

    [Fact]
    public async Task A_session_is_revoked_on_every_node()
    {
        await using var client = await _cluster[2].ConnectAsync("lab", new PikkuConnectOptions { Session = new TestSession("ann") });

        await _cluster[0].RevokeSessionAsync("ann");

        await client.ExpectCloseAsync(CloseCode.PolicyViolation);
    }

    [Fact]
    public async Task A_killed_node_loses_its_clients_and_the_others_serve_on()
    {
        var killed = _cluster[1];
        await using var lost = await killed.ConnectAsync("lab");
        await using var client = await _cluster[2].ConnectAsync("lab");
        var news = await client.SubscribeAsync(s_news);

        await _cluster.KillAsync(killed);

        await lost.ExpectCloseAsync(PikkuTestClose.NoCloseFrame);
        Assert.Equal(2, _cluster.Nodes.Count);
        await _cluster[0].Services.GetRequiredService<IEventHub>().PublishAsync(s_news, "after");
        Assert.Equal("after", await news.NextAsync());
    }

    [Fact]
    public async Task A_stopped_node_drains_its_clients_and_leaves()
    {
        await using var client = await _cluster[2].ConnectAsync("lab");

        await _cluster.StopAsync(_cluster[2]);

        await client.ExpectCloseAsync(CloseCode.GoingAway);
    }

    [Fact]
    public async Task A_frozen_node_answers_nobody_until_it_continues()
    {
        var frozen = _cluster[1];
        await using var there = await frozen.ConnectAsync("lab");
        var news = await there.SubscribeAsync(s_news);
        await using var here = await _cluster[0].ConnectAsync("lab");

        await _cluster.FreezeAsync(frozen);
        await here.InvokeAsync("publish", new { text = "meanwhile" });
        await there.SendAsync("echo", new { text = "lost" });
        await _cluster.UnfreezeAsync(frozen);

        Assert.Equal("meanwhile", await news.NextAsync());
        Assert.Equal("again", await there.InvokeAsync<string>("echo", new { text = "again" }));
        Assert.Null(there.TryTake());
    }

    [Fact]
    public void A_node_has_the_clock_of_the_machine() =>
        Assert.Contains("clock of the machine", Assert.Throws<InvalidOperationException>(() => _cluster[0].Time).Message, StringComparison.Ordinal);
}
