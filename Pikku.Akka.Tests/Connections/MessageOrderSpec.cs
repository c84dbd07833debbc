using Xunit;

namespace Pikku.Akka.Tests.Connections;

[Trait("Rule", "B7")]
public sealed class MessageOrderSpec
{
    [Fact]
    public async Task Replies_to_the_messages_of_a_connection_in_order_even_if_a_later_one_is_faster()
    {
        var slow = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("slow", async () =>
            {
                await slow.PassAsync();
                return 1;
            });
            c.MapAction("fast", () => 2);
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"slow"}""", """{"action":"fast"}""");
        await slow.Entered;
        await connection.ExpectNothingAsync();
        slow.Open();

        await connection.ExpectAsync("""{"action":"slow","result":1}""", """{"action":"fast","result":2}""");
    }

    [Fact]
    public async Task Begins_no_message_before_the_one_before_it_has_ended()
    {
        var running = 0;
        var most = 0;
        await using var node = await LiveNode.StartAsync(c => c.MapAction("run", async ([FromData] int n) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return n;
        }));
        var connection = await node.ConnectAsync();

        connection.Send([.. Enumerable.Range(0, 50).Select(n => $$"""{"action":"run","data":{{n}}}""")]);

        for (var n = 0; n < 50; n++)
            await connection.ExpectAsync($$"""{"action":"run","data":{{n}}}""");
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Runs_as_many_messages_at_a_time_as_the_window_allows_and_replies_as_they_complete()
    {
        var first = new Gate();
        var second = new Gate();
        var third = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("one", () => first.PassAsync());
                c.MapAction("two", () => second.PassAsync());
                c.MapAction("three", () => third.PassAsync());
            },
            "pikku.channel.max-in-flight = 2");
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"one","id":1}""", """{"action":"two","id":2}""", """{"action":"three","id":3}""");
        await first.Entered;
        second.Open();
        await connection.ExpectAsync("""{"action":"two","id":2}""");
        await third.Entered;
        third.Open();
        await connection.ExpectAsync("""{"action":"three","id":3}""");
        first.Open();

        await connection.ExpectAsync("""{"action":"one","id":1}""");
    }

    [Fact]
    public async Task Does_not_begin_a_message_while_the_window_is_full()
    {
        var first = new Gate();
        var second = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("one", () => first.PassAsync());
                c.MapAction("two", () => second.PassAsync());
            });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"one"}""", """{"action":"two"}""");
        await first.Entered;
        await connection.SettleAsync();
        Assert.False(second.HasBeenEntered);
        first.Open();

        await second.Entered;
        second.Open();
    }

    [Fact]
    [Trait("Rule", "B8")]
    public async Task Lets_messages_wait_until_onConnect_has_completed()
    {
        var connecting = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.OnConnect(async () =>
            {
                await connecting.PassAsync();
                return "welcome";
            });
            c.MapAction("ping", () => "pong");
        });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"ping"}""");
        await connecting.Entered;
        await connection.ExpectNothingAsync();
        connecting.Open();

        await connection.ExpectAsync("welcome", """{"action":"ping","result":"pong"}""");
    }

    [Fact]
    public async Task Keeps_the_connections_of_a_node_apart()
    {
        var slow = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("slow", () => slow.PassAsync());
                c.MapAction("fast", () => 2);
            }, "pikku.channel.lanes = 1");
        var busy = await node.ConnectAsync("busy");
        var other = await node.ConnectAsync("other");

        busy.Send("""{"action":"slow"}""");
        await slow.Entered;
        other.Send("""{"action":"fast"}""");

        await other.ExpectAsync("""{"action":"fast","result":2}""");
        slow.Open();
        await busy.ExpectAsync("""{"action":"slow"}""");
    }
}
