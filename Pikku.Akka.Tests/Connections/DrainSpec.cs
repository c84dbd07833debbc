using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

[Trait("Rule", "I4")]
public sealed class DrainSpec
{
    [Fact]
    public async Task Finishes_what_has_been_received_then_closes_with_1001()
    {
        var run = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("run", () => run.PassAsync());
            c.MapAction("ping", () => 1);
        });
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"run"}""", """{"action":"ping"}""");
        await run.Entered;
        await connection.SettleAsync();

        node.Drain();
        await node.SettleAsync();
        connection.Send("""{"action":"ping","too":"late"}""");
        await connection.ExpectNothingAsync();
        run.Open();

        await connection.ExpectAsync("""{"action":"run"}""", """{"action":"ping","result":1}""", "close 1001 the node is going away; retry-after-ms=1");
        await connection.EndAsync(1001);
    }

    [Fact]
    public async Task Completes_once_the_last_connection_has_ended()
    {
        var disconnecting = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.OnDisconnect(() => disconnecting.PassAsync()));
        var connection = await node.ConnectAsync();
        node.Drain();
        var empty = node.Directory.WhenEmptyAsync();
        await connection.ExpectAsync("close 1001 the node is going away; retry-after-ms=1");

        connection.EndSocket(1001);
        await disconnecting.Entered;
        Assert.False(empty.IsCompleted);
        disconnecting.Open();

        await empty.Soon();
    }

    [Fact]
    [Trait("Rule", "L2")]
    public async Task Still_takes_the_answers_that_functions_under_way_wait_for()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("ask", async (IPikkuChannel channel) => await channel.InvokeAsync(new ClientFunction<NoData, int>("age"), default)));
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"ask"}""");
        Assert.Contains("\"funcName\":\"age\"", await connection.NextAsync(), StringComparison.Ordinal);

        node.Drain();
        await node.SettleAsync();
        connection.Send("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":41}""");

        await connection.ExpectAsync("""{"action":"ask","result":41}""", "close 1001 the node is going away; retry-after-ms=1");
    }

    [Fact]
    public async Task Drains_a_connection_whose_upgrade_had_begun_before()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnConnect(() => "welcome"));
        var late = node.Prepare("late");
        node.Drain();
        await node.SettleAsync();

        await late.OpenAsync();

        await late.ExpectAsync("welcome", "close 1001 the node is going away; retry-after-ms=1");
    }

    [Fact]
    public async Task Waits_for_onConnect()
    {
        var connecting = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.OnConnect(() => connecting.PassAsync());
                c.MapAction("ping", () => 1);
            });
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"ping"}""");
        await connecting.Entered;
        await connection.SettleAsync();

        node.Drain();
        await node.SettleAsync();
        await connection.ExpectNothingAsync();
        connecting.Open();

        await connection.ExpectAsync("""{"action":"ping","result":1}""", "close 1001 the node is going away; retry-after-ms=1");
    }

    [Fact]
    public async Task Begins_with_so_many_a_second_and_ends_in_half_of_the_time()
    {
        // Twenty connections within 100 ms; the rate alone would allow one.
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("ping", () => 1), "pikku.shutdown { drain-rate = 10, drain-timeout = 1s }");
        var connections = new List<LiveConnection>();
        for (var i = 0; i < 100; i++)
            connections.Add(await node.ConnectAsync($"c{i}"));

        node.Drain();
        await node.SettleAsync();
        foreach (var connection in connections)
            await connection.SettleAsync();

        Assert.InRange(connections.Count(connection => !connection.Channel.IsOpen), 20, 40);
        foreach (var connection in connections)
            await connection.ExpectAsync("close 1001 the node is going away; retry-after-ms=1");
    }
}
