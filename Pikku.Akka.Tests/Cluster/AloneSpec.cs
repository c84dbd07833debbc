using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A single node offers its own connections everything that a cluster offers.</summary>
public sealed class AloneSpec : IAsyncLifetime
{
    private LiveNode _node = null!;

    public async Task InitializeAsync() => _node = await LiveNode.StartAsync(
        c =>
        {
            c.AddClientMessage<string>();
            c.MapAction("who", (PikkuContext context) => context.Session?.UserId);
            c.MapAction("leave", async (PikkuContext context) => await context.ClearSessionAsync());
        },
        "pikku { limits.subscriptions-per-connection = 3, event-hub.max-event-size = 1KiB }");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Sends_to_connections_and_users_and_closes_them()
    {
        var connection = await _node.ConnectAsync("c1", new TestSession("ann"));

        await Service<IPikkuChannels>().SendAsync("c1", "to c1");
        await Service<IPikkuUsers>().SendAsync("ann", "to ann");
        await Service<IPikkuUsers>().SendAsync("bob", "to nobody");
        await Service<IPikkuChannels>().CloseAsync("c1", CloseCode.Normal, "bye");

        await connection.ExpectAsync("to c1", "to ann", "close 1000 bye");
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_wherever_it_goes()
    {
        await _node.ConnectAsync("c1");
        var error = await Assert.ThrowsAsync<EventHubException>(async () => await Service<IPikkuChannels>().SendAsync("c1", new string('x', 2000)));
        Assert.Equal(EventHubErrorReason.TooLarge, error.Reason);
        error = await Assert.ThrowsAsync<EventHubException>(() => Service<IPikkuUsers>().SendAsync("ann", new string('x', 2000)).AsTask());
        Assert.Equal(EventHubErrorReason.TooLarge, error.Reason);
        error = await Assert.ThrowsAsync<EventHubException>(() => Service<IPikkuPresence>().JoinAsync("room", "c1", new string('x', 2000)).AsTask());
        Assert.Equal(EventHubErrorReason.TooLarge, error.Reason);
    }

    [Fact, Trait("Rule", "G1")]
    public async Task Who_logs_out_is_logged_out_on_all_connections()
    {
        var one = await _node.ConnectAsync("c1", new TestSession("ann"));
        var two = await _node.ConnectAsync("c2", new TestSession("ann"));

        await one.AskAsync("""{"action":"leave"}""");

        Assert.Equal("""{"action":"who","result":null}""", await two.AskAsync("""{"action":"who"}"""));
    }

    [Fact]
    public async Task Knows_who_is_where_up_to_a_limit()
    {
        var presence = Service<IPikkuPresence>();
        var connection = await _node.ConnectAsync("c1");

        await presence.JoinAsync("a", "c1", 1);
        await presence.JoinAsync("a", "c1", 2);
        await presence.JoinAsync("b", "c1", 3);
        await presence.JoinAsync("c", "c1", 4);
        await presence.JoinAsync("c", "gone", 5);
        Assert.Equal([new PresenceEntry<int>("c1", 2)], presence.GetEntries<int>("a"));
        Assert.Equal((1, 0), (presence.GetCount("c"), presence.GetCount("d")));
        var error = await Assert.ThrowsAsync<EventHubException>(() => presence.JoinAsync("d", "c1", 6).AsTask());
        Assert.Equal(EventHubErrorReason.TooManySubscriptions, error.Reason);
        error = await Assert.ThrowsAsync<EventHubException>(() => presence.JoinAsync(" ", "c1", 6).AsTask());
        Assert.Equal(EventHubErrorReason.InvalidTopic, error.Reason);

        await presence.LeaveAsync("a", "c1");
        await presence.LeaveAsync("a", "c1");
        await presence.JoinAsync("d", "c1", 7);
        await connection.EndAsync();
        // The lanes remove the entries after the connection has ended.
        await Eventually.Holds(() => Service<HubClient>().Entries.Topics == 0, "the entries leave with their connection");
    }

    [Fact, Trait("Rule", "K6")]
    public async Task Nobody_publishes_to_the_topic_of_gaps() => Assert.Equal(
        EventHubErrorReason.InvalidTopic,
        (await Assert.ThrowsAsync<EventHubException>(() => _node.Hub.PublishAsync(EventHubGap.Topic, new EventHubGap("a:1", 1)).AsTask())).Reason);

    [Fact]
    public async Task Shows_itself_to_the_operator()
    {
        await _node.ConnectAsync("c1");
        var report = await Service<ClusterView>().ReportAsync();
        var node = Assert.Single(report.Nodes);
        Assert.Equal(("Alone", 1), (node.Status, node.Connections));
        Assert.Equal(1, node.Channels["test"]);
    }

    private T Service<T>() where T : notnull => _node.Services.GetRequiredService<T>();
}
