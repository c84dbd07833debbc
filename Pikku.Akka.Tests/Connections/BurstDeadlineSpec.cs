using System.Collections.Concurrent;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>A message that exceeds its deadline only delays the other messages of its burst.</summary>
public sealed class BurstDeadlineSpec
{
    private const string Settings = "pikku.connection.ping-interval = infinite, " + CreditBook.Countable;

    private static readonly TimeSpan PastDeadline = TimeSpan.FromSeconds(31);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Replies_408_to_a_waiting_message_and_runs_the_messages_after_it(int late)
    {
        var hang = new Gate();
        var ran = new ConcurrentQueue<int>();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("go", async ([FromData] int n) =>
        {
            ran.Enqueue(n);
            if (n == late)
                await hang.PassAsync();
            return n;
        }), Settings);
        var connection = await node.ConnectAsync();

        connection.Send([.. Enumerable.Range(0, 4).Select(Go)]);
        await hang.Entered;
        for (var n = 0; n < late; n++)
            await connection.ExpectAsync(Go(n));
        await connection.ExpectNothingAsync();
        await node.SweepAsync(PastDeadline);

        await ExpectFromAsync(connection, late, 4);
        hang.Open();
        await connection.WhenIdleAsync();
        await connection.ExpectNothingAsync();
        Assert.Equal([0, 1, 2, 3], ran);
        connection.Inbox.AssertBalanced();
        Assert.Equal(1, node.Meters["pikku.message.abandoned"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Replies_408_to_a_message_that_blocks_its_thread_and_runs_the_messages_after_it(int late)
    {
        using var release = new ManualResetEventSlim();
        var entered = new Gate();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ran = new ConcurrentQueue<int>();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("go", ([FromData] int n) =>
        {
            ran.Enqueue(n);
            if (n == late)
            {
                _ = entered.PassAsync();
                release.Wait(Patience.Long);
                left.SetResult();
            }

            return n;
        }), Settings);
        var connection = await node.ConnectAsync();

        connection.Send([.. Enumerable.Range(0, 4).Select(Go)]);
        await entered.Entered;
        for (var n = 0; n < late; n++)
            await connection.ExpectAsync(Go(n));
        await node.SweepAsync(PastDeadline);

        await ExpectFromAsync(connection, late, 4);
        release.Set();
        await left.Task.Soon();
        connection.Send(Go(4));
        await connection.ExpectAsync(Go(4));
        await connection.WhenIdleAsync();
        await connection.ExpectNothingAsync();
        Assert.Equal([0, 1, 2, 3, 4], ran);
        connection.Inbox.AssertBalanced();
    }

    [Fact]
    public async Task Counts_from_the_time_at_which_the_message_began()
    {
        var first = new Gate();
        var second = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("go", async ([FromData] int n) =>
        {
            await (n == 0 ? first : second).PassAsync();
            return n;
        }), Settings);
        var connection = await node.ConnectAsync();
        connection.Send(Go(0), Go(1));
        await first.Entered;
        await connection.SettleAsync();
        await node.SweepAsync(TimeSpan.FromSeconds(20));
        first.Open();
        await connection.ExpectAsync(Go(0));
        await second.Entered;

        await node.SweepAsync(TimeSpan.FromSeconds(20));
        await connection.ExpectNothingAsync();
        second.Open();

        await connection.ExpectAsync(Go(1));
    }

    [Fact]
    public async Task Runs_the_messages_after_one_that_completes_at_its_deadline()
    {
        const int rounds = 100;
        Gate? hang = null;
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("go", async ([FromData] int n) =>
            {
                if (n == 1)
                    await hang!.PassAsync();
                return n;
            }),
            $"{Settings}\npikku.limits.message-burst = 100000");
        var connection = await node.ConnectAsync();

        for (var round = 0; round < rounds; round++)
        {
            hang = new Gate();
            connection.Send(Go(0), Go(1), Go(2), Go(3));
            await hang.Entered;
            await connection.ExpectAsync(Go(0));
            var opened = Task.Run(hang.Open);
            await node.SweepAsync(PastDeadline);
            await opened;

            var met = await connection.NextAsync();
            if (met != Go(1))
                Assert.Equal("RequestTimeoutError", Reply.ErrorName(met));
            await connection.ExpectAsync(Go(2), Go(3));
        }

        await connection.WhenIdleAsync();
        await connection.ExpectNothingAsync();
        connection.Inbox.AssertBalanced();
    }

    private static string Go(int n) => $$"""{"action":"go","data":{{n}}}""";

    private static async Task ExpectFromAsync(LiveConnection connection, int late, int end)
    {
        Assert.Equal("RequestTimeoutError", Reply.ErrorName(await connection.NextAsync()));
        for (var n = late + 1; n < end; n++)
            await connection.ExpectAsync(Go(n));
    }
}
