using Pikku.Akka;
using PikkuApp._1.Chat;
using PikkuApp._1.Security;
using Xunit;

namespace PikkuApp._1.Tests;

public sealed class ClusterTests
{
    [Fact]
    public async Task Clients_of_different_nodes_are_in_the_same_room_and_the_death_of_a_node_loses_nothing()
    {
        await using var cluster = await PikkuTestCluster.StartAsync<Program>(3);
        await using var ann = await cluster[0].ConnectAsync("chat", As("ann"));
        var bob = await cluster[2].ConnectAsync("chat", As("bob"));
        var messages = await bob.SubscribeAsync(ChatChannel.Messages.For(new RoomKey("lobby")));

        await ann.InvokeAsync("send", new { room = "lobby", text = "First" });
        Assert.Equal("First", (await messages.NextAsync()).Text);
        await cluster.KillAsync(cluster[2]);
        await ann.InvokeAsync("send", new { room = "lobby", text = "Second" });

        await using var again = await cluster[1].ConnectAsync("chat", As("bob"));
        var resumed = await again.SubscribeAsync(ChatChannel.Messages.For(new RoomKey("lobby")), since: messages.Position);
        Assert.Equal("Second", (await resumed.NextAsync()).Text);
    }

    private static PikkuConnectOptions As(string user) => new() { Session = new UserSession(user) };
}
