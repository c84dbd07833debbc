using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

/// <summary>Functions that block their thread.</summary>
public sealed class BlockingFunctionSpec
{
    private const string NoPings = "pikku.connection.ping-interval = infinite";

    [Fact]
    public async Task As_many_calls_run_at_once_as_are_set_and_others_are_served_meanwhile()
    {
        const int calls = 40;
        using var all = new CountdownEvent(calls);
        using var release = new ManualResetEventSlim();
        var threads = new HashSet<Thread>();
        await using var node = await StartAsync(
            () =>
            {
                lock (threads)
                    threads.Add(Thread.CurrentThread);
                all.Signal();
                release.Wait();
            },
            $"pikku.function.blocking = [\"block={calls}\"]");
        var blocked = await ConnectAsync(node, calls);
        var ping = await node.ConnectAsync("ping");

        foreach (var connection in blocked)
            connection.Send("""{"action":"block"}""");
        Assert.True(await Task.Run(() => all.Wait(Patience.Long)), $"{calls - all.CurrentCount} run");

        await ping.ExpectPongAsync();
        Assert.Equal(calls, threads.Count);
        Assert.DoesNotContain(threads, thread => thread.IsThreadPoolThread);
        release.Set();
        foreach (var connection in blocked)
            await connection.ExpectAsync("""{"action":"block"}""");
    }

    [Fact]
    public async Task A_call_above_the_limit_waits_for_the_first_free_worker()
    {
        using var first = new SemaphoreSlim(0);
        var running = 0;
        await using var node = await StartAsync(
            () =>
            {
                // The first call blocks its worker for good; all other calls use the second worker.
                if (Interlocked.Increment(ref running) == 1)
                    first.Wait();
            },
            "pikku.function.blocking = [\"block=2\"]");
        var connections = await ConnectAsync(node, 10);
        connections[0].Send("""{"action":"block"}""");
        await Eventually(() => Volatile.Read(ref running) == 1);

        foreach (var connection in connections[1..])
            connection.Send("""{"action":"block"}""");

        foreach (var connection in connections[1..])
            await connection.ExpectAsync("""{"action":"block"}""");
        first.Release();
        await connections[0].ExpectAsync("""{"action":"block"}""");
    }

    [Fact]
    public async Task An_asynchronous_function_releases_its_thread_at_its_first_await()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("wait", FunctionDescriptor.FromDelegate("wait", () => gate.PassAsync())), "pikku.function.blocking = [\"wait=1\"]");
        var connections = await ConnectAsync(node, 3);

        foreach (var connection in connections)
            connection.Send("""{"action":"wait"}""");
        await gate.Entered;
        gate.Open();

        foreach (var connection in connections)
            await connection.ExpectAsync("""{"action":"wait"}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("pikku.function.blocking = [\"block=1\"]")]
    public async Task The_log_names_a_function_that_keeps_its_thread_and_for_how_long(string hocon)
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        await using var node = await StartAsync(
            () =>
            {
                entered.Set();
                release.Wait();
            },
            hocon);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"block"}""");
        Assert.True(await Task.Run(() => entered.Wait(Patience.Long)));

        // The first check after a second finds the call, and later checks find that it still blocks.
        for (var i = 0; i < 4; i++)
        {
            await node.SweepAsync(TimeSpan.FromSeconds(1));
            await connection.SettleAsync();
        }

        var line = Assert.Single(node.Log.Own, l => l.EventId == 51);
        Assert.Contains("The function block blocks its thread", line.Text, StringComparison.Ordinal);
        Assert.Contains("00:00:01", line.Text, StringComparison.Ordinal);
        release.Set();
        await connection.ExpectAsync("""{"action":"block"}""");
    }

    [Fact]
    public async Task The_log_does_not_name_a_function_that_waits_without_a_thread()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("wait", () => gate.PassAsync()), NoPings);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"wait"}""");
        await gate.Entered;
        await connection.SettleAsync();

        for (var i = 0; i < 4; i++)
            await node.SweepAsync(TimeSpan.FromSeconds(1));
        await connection.SettleAsync();

        Assert.DoesNotContain(node.Log.Own, l => l.EventId == 51);
        gate.Open();
    }

    [Fact]
    public async Task A_call_that_passed_its_deadline_before_it_began_is_not_run()
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var runs = 0;
        await using var node = await StartAsync(
            () =>
            {
                Interlocked.Increment(ref runs);
                entered.Set();
                release.Wait();
            },
            "pikku.function.blocking = [\"block=1\"]");
        var connections = await ConnectAsync(node, 3);
        connections[0].Send("""{"action":"block"}""");
        Assert.True(await Task.Run(() => entered.Wait(Patience.Long)));
        foreach (var connection in connections[1..])
        {
            connection.Send("""{"action":"block"}""");
            await connection.SettleAsync();
        }

        await node.SweepAsync(TimeSpan.FromSeconds(31));

        foreach (var connection in connections)
            Assert.Equal("RequestTimeoutError", Reply.ErrorName(await connection.NextAsync()));
        Assert.Equal(2, node.Log.Own.Count(l => l.EventId == 5 && l.Text.Contains("has not started", StringComparison.Ordinal)));
        Assert.Single(node.Log.Own, l => l.EventId == 5 && l.Text.Contains("blocks its thread", StringComparison.Ordinal));
        release.Set();
        connections[0].Send("""{"action":"block"}""");
        await connections[0].ExpectAsync("""{"action":"block"}""");
        Assert.Equal(2, Volatile.Read(ref runs));
    }

    private static Task<LiveNode> StartAsync(Action block, string hocon) => LiveNode.StartAsync(
        c =>
        {
            c.MapAction("block", FunctionDescriptor.FromDelegate("block", block));
            c.MapAction("ping", () => "pong");
        }, $"{NoPings}\n{hocon}");

    private static async Task<LiveConnection[]> ConnectAsync(LiveNode node, int count)
    {
        var connections = new LiveConnection[count];
        for (var i = 0; i < count; i++)
            connections[i] = await node.ConnectAsync($"c{i}");
        return connections;
    }

    private static Task Eventually(Func<bool> condition) => WebSockets.Eventually.Holds(condition, "the function runs");
}

file static class Pings
{
    public static async Task ExpectPongAsync(this LiveConnection connection)
    {
        connection.Send("""{"action":"ping"}""");
        await connection.ExpectAsync("""{"action":"ping","result":"pong"}""");
    }
}
