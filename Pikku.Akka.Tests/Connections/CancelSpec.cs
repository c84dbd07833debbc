using System.Runtime.CompilerServices;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Clients cancel their messages with <c>pikku-cancel</c>.</summary>
[Trait("Rule", "R3")]
public sealed class CancelSpec
{
    private const string Cancelled = "\"error\":{\"name\":\"RequestCancelledError\",\"status\":499";

    [Fact]
    public async Task A_running_message_is_answered_at_once_and_its_token_is_cancelled()
    {
        var entered = new Gate();
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("sleep", async (CancellationToken token) =>
            {
                await using var registration = token.Register(() => cancelled.TrySetResult());
                entered.Open();
                await Task.Delay(Timeout.Infinite, token);
            });
            c.MapAction("ping", () => 1);
        });
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"sleep","id":1}""", """{"action":"ping","id":2}""");
        await entered.PassAsync();
        connection.Send("""{"action":"pikku-cancel","id":1}""");

        Assert.StartsWith("""{"action":"sleep","id":1,""" + Cancelled, await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync("""{"action":"ping","id":2,"data":1}""");
        await cancelled.Task.Soon();
        await connection.WhenIdleAsync();
        Assert.Equal(0, node.Meters["pikku.message.abandoned"]);
    }

    [Fact]
    public async Task A_waiting_message_keeps_its_place_and_does_not_run()
    {
        var gate = new Gate();
        var ran = false;
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("gate", () => gate.PassAsync());
            c.MapAction("run", () => ran = true);
            c.MapAction("ping", () => 1);
        });
        var connection = await node.ConnectAsync(enveloped: true);

        // The second message waits in the turn of the first one, the third and the fourth in the queue.
        connection.Send("""{"action":"gate","id":1}""", """{"action":"run","id":"x"}""");
        await gate.Entered;
        connection.Send("""{"action":"run","id":3}""", """{"action":"ping","id":4}""");
        connection.Send("""{"action":"pikku-cancel","id":"x"}""", """{"action":"pikku-cancel","id":3}""");
        await connection.ExpectNothingAsync();
        gate.Open();

        await connection.ExpectAsync("""{"action":"gate","id":1}""");
        Assert.StartsWith("""{"action":"run","id":"x",""" + Cancelled, await connection.NextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("""{"action":"run","id":3,""" + Cancelled, await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync("""{"action":"ping","id":4,"data":1}""");
        Assert.False(ran);
    }

    [Fact]
    public async Task A_stream_ends_with_the_error_and_sends_no_item_afterwards()
    {
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var node = await LiveNode.StartAsync(c => c.MapAction("tick", (CancellationToken token) => EndlessAsync(disposed, token)));
        var connection = await node.ConnectAsync(enveloped: true);
        connection.Send("""{"action":"tick","id":7}""");
        await connection.ExpectAsync("""{"action":"tick","id":7,"item":0}""");

        connection.Send("""{"action":"pikku-cancel","id":7}""");

        string text;
        while ((text = await connection.NextAsync()).Contains("\"item\"", StringComparison.Ordinal)) { }
        Assert.StartsWith("""{"action":"tick","id":7,""" + Cancelled, text, StringComparison.Ordinal);
        await disposed.Task.Soon();
        await node.ExpectNoStreamsAsync(connection);
        Assert.Empty(connection.Client.Unread());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_waits_for_a_client_that_does_not_read_is_cancelled(bool withMiddleware)
    {
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var node = await LiveNode.StartAsync(c =>
        {
            if (withMiddleware)
                c.UseChannelMiddleware((_, message, next) => next(message));
            c.MapAction("tick", (CancellationToken token) => EndlessAsync(disposed, token));
        }, "pikku { outbox.max-size = 8KiB, connection.max-message-size = 1KiB, event-hub.max-event-size = 1KiB }");
        var connection = await node.ConnectAsync(enveloped: true, stalled: true);
        connection.Send("""{"action":"tick","id":7}""");
        await connection.WhenIdleAsync();

        connection.Send("""{"action":"pikku-cancel","id":7}""");

        await disposed.Task.Soon();
        await node.ExpectNoStreamsAsync(connection);
        connection.Client.Drain();
        Assert.Contains(Cancelled, connection.Client.Unread()[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_is_cancelled_before_its_first_item()
    {
        var never = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("never", () => NeverAsync(never)));
        var connection = await node.ConnectAsync(enveloped: true);
        connection.Send("""{"action":"never","id":1}""");
        await never.Entered;

        connection.Send("""{"action":"pikku-cancel","id":1}""");
        Assert.StartsWith("""{"action":"never","id":1,""" + Cancelled, await connection.NextAsync(), StringComparison.Ordinal);
        never.Open();

        await node.ExpectNoStreamsAsync(connection);
        Assert.Empty(connection.Client.Unread());
    }

    [Theory]
    [InlineData("""{"action":"pikku-cancel","id":99}""")]
    [InlineData("""{"action":"pikku-cancel","id":"1"}""")]
    [InlineData("""{"id":1.0,"action":"pikku-cancel","more":{"deep":[]}}""")]
    public async Task Ids_of_no_message_are_ignored(string cancel)
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("gate", () => gate.PassAsync()));
        var connection = await node.ConnectAsync(enveloped: true);
        connection.Send("""{"action":"gate","id":1}""");
        await gate.Entered;

        connection.Send(cancel, cancel);
        await connection.ExpectNothingAsync();
        gate.Open();

        await connection.ExpectAsync("""{"action":"gate","id":1}""");
    }

    [Fact]
    public async Task A_message_of_another_connection_is_not_cancelled()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("gate", () => gate.PassAsync()));
        var one = await node.ConnectAsync("c1", enveloped: true);
        var other = await node.ConnectAsync("c2", enveloped: true);
        one.Send("""{"action":"gate","id":1}""");
        await gate.Entered;

        other.Send("""{"action":"pikku-cancel","id":1}""");
        await other.ExpectNothingAsync();
        gate.Open();

        await one.ExpectAsync("""{"action":"gate","id":1}""");
    }

    [Fact]
    public async Task A_second_cancellation_and_one_that_comes_after_the_reply_do_nothing()
    {
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.MapAction("sleep", (CancellationToken token) => Task.Delay(Timeout.Infinite, token));
            c.MapAction("ping", () => 1);
        });
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"sleep","id":1}""", """{"action":"pikku-cancel","id":1}""", """{"action":"pikku-cancel","id":1}""");
        Assert.Contains(Cancelled, await connection.NextAsync(), StringComparison.Ordinal);
        connection.Send("""{"action":"ping","id":2}""");
        await connection.ExpectAsync("""{"action":"ping","id":2,"data":1}""");
        connection.Send("""{"action":"pikku-cancel","id":2}""", """{"action":"pikku-cancel","id":1}""");

        await connection.ExpectNothingAsync();
    }

    [Fact]
    public async Task Passes_by_the_rate_when_it_cancels_something_and_counts_when_it_does_not()
    {
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("sleep", (CancellationToken token) => Task.Delay(Timeout.Infinite, token));
                c.MapAction("ping", () => 1);
            },
            "pikku.limits { messages-per-second = 1, message-burst = 3, violation-cost = 1 }");
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"sleep","id":1}""", """{"action":"pikku-cancel","id":1}""");
        Assert.Contains(Cancelled, await connection.NextAsync(), StringComparison.Ordinal);
        connection.Send("""{"action":"ping","id":2}""", """{"action":"pikku-cancel","id":9}""", """{"action":"ping","id":3}""");

        await connection.ExpectAsync("""{"action":"ping","id":2,"data":1}""");
        Assert.Contains("TooManyRequestsError", await connection.NextAsync(), StringComparison.Ordinal);
        connection.Send([.. Enumerable.Repeat("""{"action":"pikku-cancel","id":9}""", 10)]);
        await connection.ExpectAsync("close 1008 too many messages");
        await connection.EndAsync(1008);
    }

    [Fact]
    public async Task A_cancellation_without_an_id_matches_no_action()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("ping", () => 1));
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"pikku-cancel","id":{"a":1}}""", """{"action":"pikku-cancel"}""");

        Assert.Contains("\"action\":\"pikku-cancel\",\"error\":{\"name\":\"NotFoundError\"", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"action\":\"pikku-cancel\",\"error\":{\"name\":\"NotFoundError\"", await connection.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Functions_that_ignore_their_cancellation_run_outside_of_the_window_up_to_a_limit()
    {
        var stuck = new Gate();
        var entered = 0;
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("stuck", async () =>
            {
                Interlocked.Increment(ref entered);
                await stuck.PassAsync();
                return 1;
            }), "pikku.channel.max-streams = 1");
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"stuck","id":1}""", """{"action":"stuck","id":2}""", """{"action":"stuck","id":3}""");
        await stuck.Entered;
        connection.Send("""{"action":"pikku-cancel","id":1}""");
        Assert.StartsWith("""{"action":"stuck","id":1,""" + Cancelled, await connection.NextAsync(), StringComparison.Ordinal);
        while (Volatile.Read(ref entered) < 2)
            await Task.Yield();

        // The slot is taken by the first one, so the second one stays in the window, and the third one does not begin.
        connection.Send("""{"action":"pikku-cancel","id":2}""");
        await connection.ExpectNothingAsync();
        Assert.Equal(2, entered);
        stuck.Open();

        await connection.ExpectAsync("""{"action":"stuck","id":2,"data":1}""", """{"action":"stuck","id":3,"data":1}""");
        await node.ExpectNoStreamsAsync(connection);
    }

    [Fact]
    public async Task Does_not_close_the_connection_where_errors_do()
    {
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("sleep", (CancellationToken token) => Task.Delay(Timeout.Infinite, token));
                c.MapAction("ping", () => 1);
            },
            "pikku.channel.close-on-error = on");
        var connection = await node.ConnectAsync(enveloped: true);

        connection.Send("""{"action":"sleep","id":1}""", """{"action":"ping","id":2}""", """{"action":"pikku-cancel","id":1}""");

        Assert.Contains(Cancelled, await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync("""{"action":"ping","id":2,"data":1}""");
    }

    [Fact]
    public async Task Still_cancels_while_the_node_drains()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("sleep", (CancellationToken token) =>
            {
                gate.Open();
                return Task.Delay(Timeout.Infinite, token);
            }));
        var connection = await node.ConnectAsync(enveloped: true);
        connection.Send("""{"action":"sleep","id":1}""");
        await gate.PassAsync();
        node.Drain();
        await node.SettleAsync();

        connection.Send("""{"action":"pikku-cancel","id":1}""");

        Assert.Contains(Cancelled, await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync("close 1001 the node is going away; retry-after-ms=1");
        await connection.EndAsync(1001);
    }

    [Fact]
    public async Task Many_messages_that_are_cancelled_at_random_are_answered_once_each_and_in_order()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("work", async ([FromData] int n, CancellationToken token) =>
            {
                if (n % 3 == 0)
                    await Task.Yield();
                if (n % 50 == 7)
                    await Task.Delay(TimeSpan.FromMinutes(10), token); // until it is cancelled
                return n;
            }), "pikku.limits { messages-per-second = 1000000, message-burst = 1000000 }");
        var connection = await node.ConnectAsync(enveloped: true);
        var random = new Random(5);
        const int Count = 500;

        for (var n = 0; n < Count; n++)
        {
            connection.Send($$"""{"action":"work","id":{{n}},"data":{{n}}}""");
            if (n % 50 == 7 || random.Next(3) == 0)
                connection.Send($$"""{"action":"pikku-cancel","id":{{n}}}""");
        }

        for (var n = 0; n < Count; n++)
        {
            var reply = await connection.NextAsync();
            Assert.True(
                reply == $$"""{"action":"work","id":{{n}},"data":{{n}}}"""
                || reply.StartsWith($$"""{"action":"work","id":{{n}},""" + Cancelled, StringComparison.Ordinal), $"{n}: {reply}");
        }

        await node.ExpectNoStreamsAsync(connection);
        Assert.Empty(connection.Client.Unread());
    }

    private static async IAsyncEnumerable<int> EndlessAsync(TaskCompletionSource disposed, [EnumeratorCancellation] CancellationToken token)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                yield return i;
                token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
        finally
        {
            disposed.SetResult();
        }
    }

    private static async IAsyncEnumerable<int> NeverAsync(Gate gate)
    {
        await gate.PassAsync();
        yield return 1;
    }
}
