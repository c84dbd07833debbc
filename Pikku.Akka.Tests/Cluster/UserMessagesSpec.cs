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
        await users.SendAsync<byte[]>("ann", [4]);

        await here.ExpectAsync("""{"text":"one"}""", "binary 04");
        await news.ExpectAsync("""{"text":"one"}""", "binary 04");
        await board.ExpectAsync("""{"to":2}""", "binary 04");
        await plain.ExpectAsync("binary 04");
    }

    [Fact]
    public async Task A_message_that_no_channel_declares_is_refused()
    {
        await using var node = await LiveNode.StartAppAsync(app => app
            .WireChannel("news", channel => Ping(channel).AddClientMessage<Notice>())
            .WireChannel("hello", channel => Ping(channel).OnConnect(() => new Move(1)))
            .WireChannel("plain", channel => Ping(channel)));
        var users = node.Services.GetRequiredService<IPikkuUsers>();

        foreach (var send in (Func<ValueTask>[])[() => users.SendAsync("ann", new Undeclared(3)), () => users.SendAsync("ann", "text")])
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await send());
            Assert.Contains("AddClientMessage<", error.Message, StringComparison.Ordinal);
        }

        await users.SendAsync("ann", new Move(1)); // the clients of one channel know it as the result of onConnect
    }

    [Fact]
    public async Task On_the_subprotocol_a_declared_message_carries_its_name_however_it_is_sent()
    {
        await using var nodes = await TwoNodes.StartAsync(app => app
            .WireChannel("news", channel => Ping(channel).AddClientMessage<Notice>().AddClientMessage<Move>("move").AddClientMessage<Notice[]>().AddClientMessage<string>()));
        var (flat, named, here) = (await ConnectAsync(nodes.Worker, "news"), await ConnectAsync(nodes.Worker, "news", enveloped: true), await ConnectAsync(nodes.Front, "news", enveloped: true));
        var users = nodes.Front.Services.GetRequiredService<IPikkuUsers>();
        var channels = nodes.Front.Services.GetRequiredService<IPikkuChannels>();

        await users.SendAsync("ann", new Notice("one"));
        await flat.ExpectAsync("""{"text":"one"}""");
        await named.ExpectAsync("""{"message":"Notice","data":{"text":"one"}}""");
        await here.ExpectAsync("""{"message":"Notice","data":{"text":"one"}}""");

        await channels.SendAsync(named.Channel.Id, new Move(2));
        await named.ExpectAsync("""{"message":"move","data":{"to":2}}""");
        await named.Channel.SendAsync<Notice[]>([new("three")]);
        await named.ExpectAsync("""{"message":"Notice[]","data":[{"text":"three"}]}""");
        Assert.True(named.Channel.TrySend(new Move(4)));
        await named.ExpectAsync("""{"message":"move","data":{"to":4}}""");
        Assert.True(flat.Channel.TrySend(new Move(4)));
        await flat.ExpectAsync("""{"to":4}""");

        // Text is sent as it is, and JSON of any form has no type that a client could know.
        await users.SendAsync("ann", "five");
        await named.ExpectAsync("five");
        Assert.True(named.Channel.TrySend(System.Text.Json.JsonElement.Parse("[6]")));
        await named.ExpectAsync("[6]");
    }

    [Fact]
    [Trait("Rule", "H3")]
    public async Task The_name_is_added_behind_the_channel_middleware()
    {
        await using var node = await LiveNode.StartAppAsync(app => app.WireChannel("news", channel => Ping(channel)
            .AddClientMessage<Notice>()
            .UseChannelMiddleware((_, message, next) => next(message.WithPayload(new Notice($"{((Notice)message.Payload!).Text}!"))))));
        var (flat, named) = (await ConnectAsync(node, "news"), await ConnectAsync(node, "news", enveloped: true));

        await node.Services.GetRequiredService<IPikkuUsers>().SendAsync("ann", new Notice("one"));
        await named.Channel.SendAsync(new Notice("two"));

        await flat.ExpectAsync("""{"text":"one!"}""");
        await named.ExpectAsync("""{"message":"Notice","data":{"text":"one!"}}""", """{"message":"Notice","data":{"text":"two!"}}""");
    }

    [Fact]
    public async Task A_message_to_a_connection_of_a_channel_that_does_not_declare_it_has_no_name()
    {
        await using var node = await LiveNode.StartAppAsync(app => app
            .WireChannel("plain", channel => Ping(channel))
            .WireChannel("news", channel => Ping(channel).AddClientMessage<Notice>()));
        var plain = await ConnectAsync(node, "plain", enveloped: true);

        await node.Services.GetRequiredService<IPikkuChannels>().SendAsync(plain.Channel.Id, new Notice("one"));
        await plain.Channel.SendAsync(new Notice("two"));

        await plain.ExpectAsync("""{"text":"one"}""", """{"text":"two"}""");
    }

    [Fact]
    public void Names_that_a_client_could_not_tell_apart_stop_the_start()
    {
        var error = Assert.Throws<PikkuWiringException>(() => new TestNode(app => app
            .WireChannel("a", channel => channel.AddClientMessage<Notice>().AddClientMessage<Move>("Notice").AddClientMessage<Undeclared>(" "))
            .WireChannel("b", channel => channel.AddClientMessage<Notice>("news").AddClientMessage<string>("text"))));

        Assert.Contains(error.Problems, problem => problem.StartsWith("channel 'a' declares the messages", StringComparison.Ordinal) && problem.Contains("with the same name 'Notice'", StringComparison.Ordinal));
        Assert.Contains(error.Problems, problem => problem.Contains("with a blank name", StringComparison.Ordinal));
        Assert.Contains(error.Problems, problem => problem.Contains("is declared as 'Notice' by channel 'a' and as 'news' by channel 'b'; use one name", StringComparison.Ordinal));
        Assert.Contains(error.Problems, problem => problem.Contains("with the name 'text', but its messages are sent without a name", StringComparison.Ordinal));
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
        Assert.Equal(1, nodes.Worker.Meters["pikku.message.failed"]);
    }

    private static ChannelBuilder Ping(ChannelBuilder channel)
    {
        channel.AllowAnonymous().MapAction("ping", () => 1);
        return channel;
    }

    private static Task<LiveConnection> ConnectAsync(LiveNode node, string channel, bool enveloped = false) =>
        node.ConnectAsync(node.Services.GetRequiredService<ClusterClient>().NewChannelId(), new TestSession("ann"), enveloped, channel: channel);

    private sealed record Notice(string Text);

    private sealed record Move(int To);

    private sealed record Undeclared(int Number);
}
