using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Sends that wait for room wait in order, each until the outbox has accepted its message.</summary>
public sealed class AwaitedSendSpec
{
    private const int Share = 2 * 1024 * 1024; // half of pikku.outbox.max-size, which is what awaited sends may fill

    [Theory]
    [InlineData(300_000, false)]
    [InlineData(300_000, true)]
    [InlineData(1_200_000, false)]
    [InlineData(1_200_000, true)]
    [InlineData(3 * Share, false)]
    [InlineData(3 * Share, true)]
    public async Task Every_one_of_many_tasks_is_sent_to_a_slow_client(int size, bool middleware)
    {
        const int tasks = 4;
        var each = size > Share ? 2 : 10;
        await using var node = await StartAsync(middleware);
        var connection = await node.ConnectAsync(stalled: true);

        var sending = Task.WhenAll(Enumerable.Range(0, tasks).Select(task => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                await connection.Channel.SendAsync($"{task} {i} {new string('x', size)}");
        })));
        await DrainAsync(connection, until: sending);

        Assert.True(connection.Channel.IsOpen);
        await sending;
        var got = new List<int[]>();
        while (got.Count < tasks * each)
            got.Add([.. (await connection.NextAsync()).Split(' ')[..2].Select(int.Parse)]);
        foreach (var task in got.GroupBy(message => message[0]))
            Assert.Equal(Enumerable.Range(0, each), task.Select(message => message[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_send_does_not_complete_before_the_outbox_has_accepted_it(bool middleware)
    {
        await using var node = await StartAsync(middleware);
        var connection = await node.ConnectAsync(stalled: true);
        await connection.Channel.SendAsync(Large("first")).AsTask().Soon();

        var second = connection.Channel.SendAsync(Large("second")).AsTask();
        var third = connection.Channel.SendAsync("third").AsTask();
        await connection.SettleAsync();
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted); // there would be room for it, but it came later

        await DrainAsync(connection, until: Task.WhenAll(second, third));
        Assert.StartsWith("first", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("second", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("third", await connection.NextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replies_and_events_have_room_while_sends_wait(bool middleware)
    {
        await using var node = await StartAsync(middleware);
        var connection = await node.ConnectAsync(stalled: true);
        var sends = Enumerable.Range(0, 10).Select(_ => connection.Channel.SendAsync(new string('x', 3 * Share)).AsTask()).ToArray();

        connection.Channel.TrySend(new string('y', 1024 * 1024));
        connection.Send("""{"action":"ping"}""");
        await connection.WhenIdleAsync();

        Assert.True(connection.Channel.IsOpen);
        await DrainAsync(connection, until: Task.WhenAll(sends));
        await Task.WhenAll(sends);
        Assert.True(connection.Channel.IsOpen);
    }

    [Theory]
    [InlineData("socket", false)]
    [InlineData("socket", true)]
    [InlineData("close", false)]
    [InlineData("close", true)]
    [InlineData("overflow", false)]
    [InlineData("overflow", true)]
    [InlineData("stall", false)]
    [InlineData("stall", true)]
    public async Task All_waiting_sends_fail_when_the_connection_ends(string end, bool middleware)
    {
        await using var node = await StartAsync(middleware);
        var connection = await node.ConnectAsync(stalled: true);
        await connection.Channel.SendAsync(Large("taken")).AsTask().Soon();
        var waiting = Enumerable.Range(0, 3).Select(_ => connection.Channel.SendAsync(Large("waits")).AsTask()).ToArray();

        switch (end)
        {
            case "socket":
                connection.EndSocket();
                break;
            case "close":
                connection.Channel.Close();
                break;
            case "overflow":
                while (connection.Channel.IsOpen)
                    connection.Channel.TrySend(new string('x', 1024 * 1024));
                break;
            case "stall":
                connection.Channel.Outbox.TryTake([], out _); // the writer tries
                await node.SweepAsync(TimeSpan.Zero);
                await node.SweepAsync(TimeSpan.FromSeconds(20));
                break;
        }

        foreach (var one in waiting)
            await Assert.ThrowsAsync<OperationCanceledException>(() => one.Soon());
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await connection.Channel.SendAsync("late"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_canceled_send_leaves_the_queue(bool middleware)
    {
        await using var node = await StartAsync(middleware);
        var connection = await node.ConnectAsync(stalled: true);
        using var cancellation = new CancellationTokenSource();
        await connection.Channel.SendAsync(Large("first")).AsTask().Soon();
        var cancelled = connection.Channel.SendAsync(Large("cancelled"), cancellation.Token).AsTask();
        var next = connection.Channel.SendAsync(Large("next")).AsTask();

        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        Assert.Equal(cancellation.Token, error.CancellationToken);
        await DrainAsync(connection, until: next);
        Assert.StartsWith("first", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("next", await connection.NextAsync(), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.Channel.SendAsync("never", cancellation.Token));
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_send_above_the_limit_of_waiting_sends_fails_at_once(bool middleware)
    {
        await using var node = await StartAsync(middleware, "pikku.outbox.max-waiting = 2");
        var connection = await node.ConnectAsync(stalled: true);
        await connection.Channel.SendAsync(Large("taken")).AsTask().Soon();
        var waiting = Enumerable.Range(0, 2).Select(_ => connection.Channel.SendAsync(Large("waits")).AsTask()).ToArray();

        var error = await Assert.ThrowsAsync<ServiceUnavailableError>(async () => await connection.Channel.SendAsync("one more"));

        Assert.Contains("pikku.outbox.max-waiting", error.Message, StringComparison.Ordinal);
        await DrainAsync(connection, until: Task.WhenAll(waiting));
        await connection.Channel.SendAsync("again").AsTask().Soon();
    }

    [Fact]
    public async Task A_send_completes_even_if_channel_middleware_drops_or_multiplies_it()
    {
        await using var node = await LiveNode.StartAsync(c => c.UseChannelMiddleware(async (_, e, next) =>
        {
            if (e.Payload is "drop")
                return;
            if (e.Payload is "throw")
                throw new InvalidOperationException();
            await next(e);
            if (e.Payload is "twice")
                await next(e);
        }));
        var connection = await node.ConnectAsync();

        foreach (var text in (string[])["drop", "throw", "twice", "once"])
            await connection.Channel.SendAsync(text).AsTask().Soon();

        await connection.ExpectAsync("twice", "twice", "once");
    }

    [Fact]
    public async Task A_send_that_channel_middleware_multiplies_without_end_uses_bounded_memory()
    {
        await using var node = await LiveNode.StartAsync(c => c.UseChannelMiddleware(async (_, e, next) =>
        {
            for (var i = 0; i < 20; i++)
                await next(e);
        }));
        var connection = await node.ConnectAsync(stalled: true);

        await Assert.ThrowsAsync<OperationCanceledException>(() => connection.Channel.SendAsync(Large("many")).AsTask().Soon());

        Assert.False(connection.Channel.IsOpen);
    }

    [Fact, Trait("Rule", "I4")]
    public async Task A_client_that_reads_nothing_is_closed_in_time_and_a_slow_reader_is_not()
    {
        await using var node = await StartAsync(middleware: false);
        var (stalled, slow) = (await node.ConnectAsync("stalled", stalled: true), await node.ConnectAsync("slow", stalled: true));
        var idle = await node.ConnectAsync("idle", stalled: true);
        stalled.Channel.TrySend("x");
        stalled.Channel.TrySend("waits");
        Assert.True(stalled.Channel.Outbox.TryTake([], out _));
        await node.SweepAsync(TimeSpan.Zero);

        for (var i = 0; i < 2; i++)
        {
            slow.Channel.TrySend("x");
            Assert.True(slow.Channel.Outbox.TryTake([], out _));
            slow.Channel.TrySend("waits");
            await node.SweepAsync(TimeSpan.FromSeconds(10));
        }

        Assert.True(slow.Channel.IsOpen);
        Assert.True(idle.Channel.IsOpen);
        Assert.False(stalled.Channel.IsOpen);
        stalled.Client.Drain();
        await stalled.ExpectAsync("close 1013 slow consumer");
        Assert.Contains(node.Log.Own, line => line.EventId == 6 && line.Text.Contains("stall-timeout", StringComparison.Ordinal));
    }

    private static Task<LiveNode> StartAsync(bool middleware, string hocon = "") => LiveNode.StartAsync(
        c =>
        {
            c.MapAction("ping", () => 1);
            if (middleware)
                c.UseChannelMiddleware((_, e, next) => next(e));
        },
        $"pikku.connection.ping-interval = infinite\n{hocon}");

    private static string Large(string name) => name + new string('x', Share);

    // The client repeatedly reads a little.
    private static async Task DrainAsync(LiveConnection connection, Task until)
    {
        using var timeout = new CancellationTokenSource(Patience.Long * 3);
        while (!until.IsCompleted)
        {
            timeout.Token.ThrowIfCancellationRequested();
            connection.Client.Drain();
            await Task.Yield();
        }

        connection.Client.Drain();
    }
}
