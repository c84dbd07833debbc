using System.Collections.Concurrent;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>A connection that ends during a burst starts no more messages, returns all credit once, and runs onDisconnect once.</summary>
public sealed class BurstEndSpec
{
    private const int Size = 6;
    private const int Middle = 2;

    [Theory]
    [Trait("Rule", "I1")]
    [InlineData("socket ends", "waits")]
    [InlineData("socket ends", "blocks")]
    [InlineData("socket ends", "waits in middleware")]
    [InlineData("application closes", "waits")]
    [InlineData("application closes", "blocks")]
    [InlineData("application closes", "waits in middleware")]
    [InlineData("function closes", "returns")]
    [InlineData("function closes", "waits")]
    [InlineData("function closes", "blocks")]
    [InlineData("function fails", "returns")]
    [InlineData("function fails", "waits")]
    public async Task Begins_no_more_messages(string end, string how)
    {
        using var release = new ManualResetEventSlim();
        var gate = new Gate();
        var ran = new ConcurrentQueue<int>();
        var left = 0;
        PikkuMiddleware around = PikkuMiddleware.Of(async (_, next) =>
        {
            if (how == "waits in middleware")
                await gate.PassAsync();
            await next();
        });
        var function = FunctionDescriptor.FromDelegate("go", async ([FromData] int n, IPikkuChannel channel) =>
        {
            ran.Enqueue(n);
            if (n != Middle)
                return n;
            if (end == "function closes")
                channel.Close();
            if (how == "waits")
                await gate.PassAsync();
            if (how == "blocks")
            {
                _ = gate.PassAsync();
                release.Wait(Patience.Long);
            }

            return end == "function fails" ? throw new ConflictError() : n;
        });
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.OnDisconnect(() => { Interlocked.Increment(ref left); });
                c.MapAction("go", function);
                c.MapAction("around", function).UseMiddleware(around);
            },
            $"pikku.channel.close-on-error = on, {CreditBook.Countable}");
        var connection = await node.ConnectAsync();

        connection.Send([.. Enumerable.Range(0, Size).Select(n => Message(n, how))]);
        for (var n = 0; n < Middle; n++)
            await connection.ExpectAsync(Message(n, how));
        if (how != "returns")
            await gate.Entered;
        await EndAsync();
        gate.Open();
        release.Set();

        await connection.Ended.Soon();
        Assert.Equal(Enumerable.Range(0, Middle + 1), ran);
        Assert.Equal(1, left);
        connection.Inbox.AssertBalanced();
        Assert.DoesNotContain(connection.Client.Unread(), frame => !frame.IsClose);

        async Task EndAsync()
        {
            switch (end)
            {
                case "socket ends":
                    connection.EndSocket(1006);
                    await connection.SettleAsync();
                    break;
                case "application closes":
                    connection.Channel.Close();
                    await connection.ExpectAsync("close 1000");
                    connection.EndSocket();
                    break;
                case "function closes":
                    await connection.ExpectAsync("close 1000");
                    connection.EndSocket();
                    break;
                case "function fails":
                    gate.Open();
                    Assert.Equal("ConflictError", Reply.ErrorName(await connection.NextAsync()));
                    await connection.ExpectAsync("close 1011 a message failed");
                    connection.EndSocket();
                    break;
            }
        }
    }

    [Theory]
    [InlineData("waits")]
    public async Task Returns_the_credit_of_discarded_messages_at_once(string how)
    {
        var gate = new Gate();
        var function = FunctionDescriptor.FromDelegate("go", async ([FromData] int n) =>
        {
            if (n == Middle && how == "waits")
                await gate.PassAsync();
            return n;
        });
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("go", function);
                c.MapAction("around", function).UseMiddleware(async (_, next) =>
                {
                    await gate.PassAsync();
                    await next();
                });
            },
            CreditBook.Countable);
        var connection = await node.ConnectAsync();
        connection.Send([.. Enumerable.Range(0, Size).Select(n => Message(n, how))]);
        await gate.Entered;

        connection.Channel.Close();
        await connection.SettleAsync();

        // The running message keeps its own credit.
        Assert.True(connection.Inbox.MayRead);
        gate.Open();
        await connection.EndAsync();
        connection.Inbox.AssertBalanced();
    }

    [Fact]
    public async Task Replies_to_all_received_messages_when_the_node_drains()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("go", async ([FromData] int n) =>
            {
                if (n == Middle)
                    await gate.PassAsync();
                return n;
            }),
            CreditBook.Countable);
        var connection = await node.ConnectAsync();
        connection.Send([.. Enumerable.Range(0, Size).Select(n => Message(n, "waits"))]);
        await gate.Entered;

        node.Drain();
        await node.SettleAsync();
        await connection.SettleAsync();
        connection.Send(Message(Size, "waits"));
        gate.Open();

        await connection.ExpectAsync([.. Enumerable.Range(0, Size).Select(n => Message(n, "waits")), "close 1001 the node is going away; retry-after-ms=1"]);
        await connection.EndAsync(1001);
        connection.Inbox.AssertBalanced();
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task Ends_although_a_deadline_passes_at_the_same_time()
    {
        var gate = new Gate();
        var left = 0;
        var ran = 0;
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.OnDisconnect(() => { Interlocked.Increment(ref left); });
                c.MapAction("go", async ([FromData] int n) =>
                {
                    Interlocked.Increment(ref ran);
                    if (n == Middle)
                        await gate.PassAsync();
                    return n;
                });
            },
            CreditBook.Countable);
        var connection = await node.ConnectAsync();
        connection.Send([.. Enumerable.Range(0, Size).Select(n => Message(n, "waits"))]);
        await gate.Entered;

        connection.EndSocket(1006);
        await connection.SettleAsync();
        await node.SweepAsync(TimeSpan.FromSeconds(31));

        await connection.Ended.Soon();
        gate.Open();
        Assert.Equal((Middle + 1, 1), (ran, left));
        connection.Inbox.AssertBalanced();
    }

    // The message waits in its middleware; the other messages have none.
    private static string Message(int n, string how) =>
        $$"""{"action":"{{(n == Middle && how == "waits in middleware" ? "around" : "go")}}","data":{{n}}}""";
}
