using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A message to a user reaches the connections whose clients know its type, and no others.</summary>
public sealed class UserMessagesSpec
{
    [Fact]
    public async Task A_message_reaches_the_channels_that_declare_its_type_on_all_nodes()
    {
        await using var nodes = await TwoNodes.StartAsync(app => app
            .WireChannel("news", channel => Ping(channel).AddClientMessage<Notice>())
            .WireChannel("board", channel => Ping(channel).AddClientMessage<Move>())
            .WireChannel("plain", channel => Ping(channel)));
        var (news, board, plain) = (await ConnectAsync(nodes.Worker, "news"), await ConnectAsync(nodes.Worker, "board"), await ConnectAsync(nodes.Worker, "plain"));
        var here = await ConnectAsync(nodes.Front, "news");
        var users = nodes.Front.Services.GetRequiredService<IPikkuUsers>();

        await users.SendAsync("ann", new Notice("one"));
        await users.SendAsync("ann", new Move(2));
        await users.SendAsync("ann", new Undeclared(3));
        await users.SendAsync<byte[]>("ann", [4]);

        await here.ExpectAsync("""{"text":"one"}""", "binary 04");
        await news.ExpectAsync("""{"text":"one"}""", "binary 04");
        await board.ExpectAsync("""{"to":2}""", "binary 04");
        await plain.ExpectAsync("""{"number":3}""", "binary 04");
    }

    [Fact]
    public async Task A_message_that_no_client_knows_is_refused()
    {
        await using var node = await LiveNode.StartAppAsync(app => app
            .WireChannel("news", channel => Ping(channel).AddClientMessage<Notice>())
            .WireChannel("hello", channel => Ping(channel).OnConnect(() => new Move(1))));
        var users = node.Services.GetRequiredService<IPikkuUsers>();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await users.SendAsync("ann", new Undeclared(3)));

        Assert.Contains("Sends<Undeclared>", error.Message, StringComparison.Ordinal);
        await users.SendAsync("ann", new Move(1));
    }

    private static ChannelBuilder Ping(ChannelBuilder channel)
    {
        channel.AllowAnonymous().MapAction("ping", () => 1);
        return channel;
    }

    private static Task<LiveConnection> ConnectAsync(LiveNode node, string channel) =>
        node.ConnectAsync(node.Services.GetRequiredService<ClusterClient>().NewChannelId(), new TestSession("ann"), channel: channel);

    private sealed record Notice(string Text);

    private sealed record Move(int To);

    private sealed record Undeclared(int Number);
}
