using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

public sealed class DeadlineSpec
{
    private const string NoPings = "pikku.connection.ping-interval = infinite";

    private static readonly TimeSpan PastDeadline = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task Replies_408_for_a_hanging_function_continues_and_drops_its_late_result()
    {
        var hang = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("hang", async () =>
            {
                await hang.PassAsync();
                return "late";
            });
            c.MapAction("ping", () => "pong");
        }, NoPings);
        var connection = await node.ConnectAsync(enveloped: true);
        connection.Send("""{"action":"hang","id":7}""", """{"action":"ping","id":8}""");
        await hang.Entered;
        await connection.SettleAsync();

        await node.SweepAsync(PastDeadline);

        await connection.ExpectAsync(
            """{"action":"hang","id":7,"error":{"name":"RequestTimeoutError","status":408,"message":"The request timeout has expired."}}""",
            """{"action":"ping","id":8,"data":"pong"}""");
        hang.Open();
        connection.Send("""{"action":"ping","id":9}""");
        await connection.ExpectAsync("""{"action":"ping","id":9,"data":"pong"}""");
        await connection.ExpectNothingAsync();
        Assert.Equal(1, node.Meters["pikku.message.abandoned"]);
    }

    [Fact]
    public async Task Cancels_a_function_at_its_deadline()
    {
        var cancelled = new TaskCompletionSource();
        var entered = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("hang", async (CancellationToken cancellation) =>
        {
            cancellation.Register(cancelled.SetResult);
            _ = entered.PassAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
        }), NoPings);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"hang"}""");
        await entered.Entered;
        await connection.SettleAsync();

        await node.SweepAsync(PastDeadline);

        await cancelled.Task.Soon();
        await connection.ExpectAsync("""{"error":"The request timeout has expired.","errorName":"RequestTimeoutError","action":"hang"}""");
        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task Answers_although_a_cancellation_callback_throws()
    {
        var hang = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("hang", (CancellationToken cancellation) =>
            {
                cancellation.Register(() => throw new InvalidOperationException("callback"));
                return hang.PassAsync();
            });
            c.MapAction("ping", () => "pong");
        }, NoPings);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"hang"}""", """{"action":"ping"}""");
        await hang.Entered;
        await connection.SettleAsync();

        await node.SweepAsync(PastDeadline);

        Assert.Contains("RequestTimeoutError", await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync("""{"action":"ping","result":"pong"}""");
        // The connection does not wait for the callbacks.
        await Eventually.Holds(() => node.Log.Own.Any(line => line.EventId == 3 && line.Error is AggregateException), "the failure is logged");
        hang.Open();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Replies_408_for_hanging_middleware(bool beforeTheFunction)
    {
        var hang = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("hang", () => 1).UseMiddleware(async (_, next) =>
            {
                if (!beforeTheFunction)
                    await next();
                await hang.PassAsync();
                if (beforeTheFunction)
                    await next();
            });
            c.MapAction("ping", () => "pong");
        }, NoPings);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"hang"}""", """{"action":"ping"}""");
        await hang.Entered;
        await connection.SettleAsync();

        await node.SweepAsync(PastDeadline);

        await connection.ExpectAsync(
            """{"error":"The request timeout has expired.","errorName":"RequestTimeoutError","action":"hang"}""",
            """{"action":"ping","result":"pong"}""");
        hang.Open();
    }

    [Fact]
    public async Task Replies_with_action_and_id_to_a_message_that_a_hanging_lane_has_not_read()
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
                c.MapAction("ping", () => "pong");
            },
            "pikku { channel.lanes = 1, connection.ping-interval = infinite }");
        var blocking = await node.ConnectAsync("blocking");
        var waiting = await node.ConnectAsync("waiting", enveloped: true);
        blocking.Send("""{"action":"block"}""");
        await entered.Entered;
        waiting.Send("""{"action":"ping","id":"x"}""");
        await waiting.SettleAsync();

        await node.SweepAsync(PastDeadline);

        await waiting.ExpectAsync(
            """{"action":"ping","id":"x","error":{"name":"RequestTimeoutError","status":408,"message":"The request timeout has expired."}}""");
        block.Set();
    }

    [Fact]
    public async Task Limits_onConnect_to_the_handshake_timeout()
    {
        var hang = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.OnConnect(() => hang.PassAsync()), "pikku.connection.handshake-timeout = 3s");
        var connection = await node.ConnectAsync();
        await hang.Entered;

        await node.SweepAsync(TimeSpan.FromSeconds(2));
        await connection.ExpectNothingAsync();
        await node.SweepAsync(TimeSpan.FromSeconds(1));

        await connection.ExpectAsync(
            """{"error":"The request timeout has expired.","errorName":"RequestTimeoutError"}""", "close 1011 onConnect failed");
        hang.Open();
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task Ends_the_connection_although_onDisconnect_hangs()
    {
        var hang = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.OnDisconnect(() => hang.PassAsync()), NoPings);
        var connection = await node.ConnectAsync();
        connection.EndSocket();
        await hang.Entered;
        await connection.SettleAsync();
        Assert.False(connection.Ended.IsCompleted);

        await node.SweepAsync(PastDeadline);

        await connection.Ended.Soon();
        hang.Open();
    }

    [Fact]
    public async Task Does_not_change_a_message_that_completes_before_its_deadline()
    {
        var run = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("run", () => run.PassAsync()), NoPings);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"run"}""");
        await run.Entered;
        await connection.SettleAsync();

        await node.SweepAsync(TimeSpan.FromSeconds(29));
        await connection.ExpectNothingAsync();
        run.Open();

        await connection.ExpectAsync("""{"action":"run"}""");
    }
}
