using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

public sealed class LimitSpec
{
    private const string Ping = """{"action":"ping"}""";
    private const string Pong = """{"action":"ping","result":1}""";

    [Fact]
    public async Task Replies_429_to_messages_above_the_rate_in_order_and_with_their_ids()
    {
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("ping", () => 1), "pikku.limits { messages-per-second = 1, message-burst = 5 }");
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send([.. Enumerable.Range(1, 6).Select(id => $$"""{"action":"ping","id":{{id}}}""")]);

        for (var id = 1; id <= 5; id++)
            await connection.ExpectAsync($$"""{"action":"ping","id":{{id}},"data":1}""");
        Assert.StartsWith(
            """{"action":"ping","id":6,"error":{"name":"TooManyRequestsError","status":429,""", await connection.NextAsync(), StringComparison.Ordinal);
        node.Clock.Advance(TimeSpan.FromSeconds(1));
        connection.Send("""{"action":"ping","id":7}""");
        await connection.ExpectAsync("""{"action":"ping","id":7,"data":1}""");
    }

    [Fact]
    [Trait("Rule", "B6")]
    public async Task Charges_more_for_messages_that_break_the_rules()
    {
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("ping", () => 1), "pikku.limits { messages-per-second = 1, message-burst = 11, violation-cost = 5 }");
        var connection = await node.ConnectAsync();

        foreach (var violation in (string[])["not json", """{"action":"nothing"}"""])
        {
            connection.Send(violation);
            Assert.StartsWith("""{"error":""", await connection.NextAsync(), StringComparison.Ordinal);
            await connection.SettleAsync();
        }

        connection.Send(Ping, Ping);
        await connection.ExpectAsync(Pong);
        Assert.Contains("TooManyRequestsError", await connection.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closes_a_client_that_ignores_refusals()
    {
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("ping", () => 1),
            "pikku.limits { messages-per-second = 1, message-burst = 5 }");
        var connection = await node.ConnectAsync();

        connection.Send([.. Enumerable.Repeat(Ping, 5)]);
        for (var i = 0; i < 5; i++)
            await connection.ExpectAsync(Pong);
        for (var i = 0; i < 5; i++)
        {
            connection.Send(Ping);
            Assert.Contains("TooManyRequestsError", await connection.NextAsync(), StringComparison.Ordinal);
        }

        connection.Send(Ping, Ping);

        await connection.ExpectAsync("close 1008 too many messages");
        Assert.True(connection.Inbox.MayRead);
    }

    [Fact]
    public async Task Answers_with_503_when_the_lane_is_full()
    {
        using var block = new ManualResetEventSlim();
        var entered = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("block", () => 1).UseMiddleware((context, next) =>
                {
                    _ = entered.PassAsync();
                    block.Wait(Patience.Long);
                    return next();
                });
                c.MapAction("ping", () => 1);
            },
            "pikku.channel { lanes = 1, lane-capacity = 1 }");
        var blocking = await node.ConnectAsync("blocking");
        var waiting = await node.ConnectAsync("waiting");
        var shed = await node.ConnectAsync("shed", enveloped: true);
        blocking.Send("""{"action":"block"}""");
        await entered.Entered;
        waiting.Send(Ping);
        await waiting.SettleAsync();

        shed.Send("""{"action":"ping","id":3}""");

        Assert.StartsWith(
            """{"action":"ping","id":3,"error":{"name":"ServiceUnavailableError","status":503,""", await shed.NextAsync(), StringComparison.Ordinal);
        block.Set();
        await waiting.ExpectAsync(Pong);
        shed.Send("""{"action":"ping","id":4}""");
        await shed.ExpectAsync("""{"action":"ping","id":4,"data":1}""");
    }

    [Fact]
    public async Task Closes_a_slow_reader_with_1013_after_the_messages_that_were_sent_before()
    {
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("flood", (IPikkuChannel channel) =>
            {
                for (var i = 0; i < 10; i++)
                    channel.TrySend(i);
            }),
            "pikku { outbox.max-size = 2400B, connection.max-message-size = 1KiB, event-hub.max-event-size = 1KiB }"); // four small ones
        var connection = await node.ConnectAsync(stalled: true);

        connection.Send("""{"action":"flood"}""");
        await connection.WhenClosingAsync();
        // The connection counts as closing before its close frame is in the outbox.
        while (!connection.Client.Ended)
        {
            await Task.Yield();
            connection.Client.Drain();
        }

        await connection.ExpectAsync("0", "1", "2", "3", "close 1013 slow consumer");
        Assert.Equal(1, node.Meters["pikku.outbox.overflows"]);
    }

    [Fact]
    public async Task Continues_to_read_when_messages_complete()
    {
        var run = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("run", () => run.PassAsync());
                c.MapAction("ping", () => 1);
            }, "pikku.connection.inbox-messages = 2");
        var connection = await node.ConnectAsync();
        Assert.True(connection.Inbox.MayRead);

        connection.Send("""{"action":"run"}""", Ping);
        var room = connection.Inbox.WaitForRoomAsync();
        await run.Entered;
        Assert.False(room.IsCompleted);
        run.Open();

        await room.Soon();
        await connection.ExpectAsync("""{"action":"run"}""", Pong);
    }

    [Fact]
    [Trait("Rule", "L2")]
    public async Task Reads_further_while_a_function_awaits_an_answer_of_the_client()
    {
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("ask", async (IPikkuChannel channel) => await channel.InvokeAsync(new ClientFunction<NoData, int>("age"), default));
                c.MapAction("ping", () => 1);
            },
            "pikku.connection { inbox-messages = 2, inbox-messages-during-call = 4 }");
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"ask"}""", Ping);
        Assert.Contains("pikku-rpc-request", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.True(connection.Inbox.MayRead);
        connection.Send("""{"action":"pikku-rpc-response","id":"1","ok":true,"result":41}""");

        await connection.ExpectAsync("""{"action":"ask","result":41}""", Pong);
        await connection.SettleAsync();
        Assert.True(connection.Inbox.MayRead);
    }

    [Theory]
    [InlineData("pikku-rpc-response", "7")]
    [InlineData("pikku-rpc-pending", "7")]
    [InlineData("pikku-rpc-pending", "1")]
    [Trait("Rule", "L2")]
    public async Task Closes_a_client_that_floods_with_answers_without_open_calls(string action, string id)
    {
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("ask", async (IPikkuChannel channel) => await channel.InvokeAsync(new ClientFunction<NoData, int>("age"), default));
                c.MapAction("ping", () => 1);
            },
            "pikku.limits { messages-per-second = 1, message-burst = 5 }");
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"ask"}""");
        Assert.Contains("pikku-rpc-request", await connection.NextAsync(), StringComparison.Ordinal);

        connection.Send([.. Enumerable.Repeat($$"""{"action":"{{action}}","id":"{{id}}","ok":true}""", 12)]);

        await connection.ExpectAsync("close 1008 too many messages");
    }

    [Fact]
    public async Task Returns_the_credit_of_dropped_messages_when_it_closes()
    {
        var run = new Gate();
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("run", () => run.PassAsync()), "pikku.connection.inbox-messages = 3");
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"run"}""", Ping, Ping);
        await run.Entered;
        Assert.False(connection.Inbox.MayRead);

        connection.Channel.Close();

        // The turn may not know yet that its function is suspended.
        await Eventually.Holds(() => connection.Inbox.MayRead, "the credit is given back");
        run.Open();
    }
}
