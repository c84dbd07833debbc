using System.Text.Json.Nodes;
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

        Assert.Contains("AddClientMessage<Undeclared>", error.Message, StringComparison.Ordinal);
        await users.SendAsync("ann", new Move(1));
    }

    [Fact]
    public async Task A_message_to_a_connection_is_refused_when_its_channel_does_not_declare_it()
    {
        await using var node = await LiveNode.StartAppAsync(app => app
            .WireChannel("news", channel => Ping(channel).AddClientMessage<Notice>())
            .WireChannel("board", channel => Ping(channel).AddClientMessage<Move>()));
        var news = await ConnectAsync(node, "news");
        var channels = node.Services.GetRequiredService<IPikkuChannels>();

        var unknownHere = await Assert.ThrowsAsync<InvalidOperationException>(async () => await channels.SendAsync(news.Channel.Id, new Move(1)));
        var unknown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await channels.SendAsync("nobody", new Undeclared(2)));
        await channels.SendAsync(news.Channel.Id, new JsonObject { ["any"] = 3 });
        await channels.SendAsync(news.Channel.Id, new Notice("four"));

        Assert.Contains("AddClientMessage<Move>()", unknownHere.Message, StringComparison.Ordinal);
        Assert.Contains("AddClientMessage<Undeclared>()", unknown.Message, StringComparison.Ordinal);
        await news.ExpectAsync("""{"any":3}""", """{"text":"four"}""");
    }

    [Fact]
    public async Task A_message_to_a_connection_of_another_node_is_dropped_and_logged_there_when_its_channel_does_not_declare_it()
    {
        await using var nodes = await TwoNodes.StartAsync(app => app
            .WireChannel("news", channel => Ping(channel).AddClientMessage<Notice>())
            .WireChannel("board", channel => Ping(channel).AddClientMessage<Move>()));
        var news = await ConnectAsync(nodes.Worker, "news");
        var channels = nodes.Front.Services.GetRequiredService<IPikkuChannels>();

        await channels.SendAsync(news.Channel.Id, new Move(1));
        await channels.SendAsync(news.Channel.Id, new Notice("two"));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await channels.SendAsync(news.Channel.Id, new Undeclared(3)));
        await news.ExpectAsync("""{"text":"two"}""");
        Assert.Contains("AddClientMessage", Assert.Single(nodes.Worker.Log.Own, line => line.EventId == 67).Text, StringComparison.Ordinal);
        Assert.Equal(1, nodes.Worker.Meters["pikku.messages.failed"]);
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
