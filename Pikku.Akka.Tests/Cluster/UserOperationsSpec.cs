using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Operations on all connections of a user, on three nodes.</summary>
public sealed class UserOperationsSpec : IAsyncLifetime
{
    private static readonly Topic<int> News = new("news");

    private ThreeNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await ThreeNodes.StartAsync(app => app
        .WireChannel("chat", Ping)
        .WireChannel("board", Ping));

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task The_connections_of_a_user_on_all_nodes_are_listed()
    {
        var users = _nodes.Of<IPikkuUsers>(0);
        LiveConnection[] connections = [await ConnectAsync(0, "chat"), await ConnectAsync(1, "chat"), await ConnectAsync(2, "board"), await ConnectAsync(2, "chat")];
        await _nodes.ConnectAsync(1, new TestSession("bob"), "chat");

        var listed = await users.GetChannelsAsync("ann");

        Assert.Equal(
            connections.Select(connection => (connection.Channel.Name, connection.Channel.Id)).Order(),
            listed.Select(channel => (channel.Name, channel.ChannelId)).Order());
        Assert.Equal(3, listed.Select(channel => channel.Node).Distinct().Count());
        Assert.All(listed, channel => Assert.Matches(@"^127\.0\.0\.1:\d+$", channel.Node));
        Assert.Empty(await users.GetChannelsAsync("nobody"));
    }

    [Fact]
    [Trait("Rule", "S2")]
    public async Task The_connections_of_a_user_are_closed_on_all_nodes_when_the_call_completes()
    {
        LiveConnection[] connections = [await ConnectAsync(0, "chat"), await ConnectAsync(1, "board"), await ConnectAsync(2, "chat")];
        var bob = await _nodes.ConnectAsync(1, new TestSession("bob"), "chat");

        await _nodes.Of<IPikkuUsers>(1).DisconnectAsync("ann", reason: "banned retry=never");

        Assert.All(connections, connection => Assert.False(connection.Channel.IsOpen));
        foreach (var connection in connections)
            await connection.ExpectAsync("close 1008 banned retry=never");
        Assert.Equal("""{"action":"ping","result":1}""", await bob.AskAsync("""{"action":"ping"}"""));
    }

    [Fact]
    public async Task Only_the_connections_to_one_channel_are_closed()
    {
        var (chat, board) = (await ConnectAsync(1, "chat"), await ConnectAsync(1, "board"));

        await _nodes.Of<IPikkuUsers>(0).DisconnectAsync("ann", "board");

        await board.ExpectAsync("close 1008 disconnected");
        Assert.Equal("""{"action":"ping","result":1}""", await chat.AskAsync("""{"action":"ping"}"""));
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await _nodes.Of<IPikkuUsers>(0).DisconnectAsync("ann", "bord"));
        Assert.Contains("The channels are: chat, board.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_subscriptions_of_a_user_to_one_topic_end_on_all_nodes()
    {
        LiveConnection[] connections = [await ConnectAsync(0, "chat"), await ConnectAsync(1, "chat"), await ConnectAsync(2, "chat")];
        var bob = await _nodes.ConnectAsync(1, new TestSession("bob"), "chat");
        foreach (var connection in connections.Append(bob))
            await _nodes[0].Hub.SubscribeAsync(News, connection.Channel.Id);

        await _nodes.Of<IPikkuUsers>(2).UnsubscribeAsync("ann", News);
        foreach (var node in _nodes.All)
            await node.Hub.PublishAsync(News, 1);

        foreach (var _ in _nodes.All)
            await bob.ExpectAsync("""{"topic":"news","data":1}""");
        foreach (var connection in connections)
            Assert.Equal("""{"action":"ping","result":1}""", await connection.AskAsync("""{"action":"ping"}"""));
    }

    private static void Ping(ChannelBuilder channel) => channel.AllowAnonymous().MapAction("ping", () => 1);

    private Task<LiveConnection> ConnectAsync(int node, string channel) => _nodes.ConnectAsync(node, new TestSession("ann"), channel);
}
