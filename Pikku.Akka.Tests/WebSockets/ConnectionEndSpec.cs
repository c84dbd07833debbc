using Microsoft.Extensions.DependencyInjection;
using Akka.Actor;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The ways in which a connection ends. Each of them releases everything and runs <c>onDisconnect</c> once.</summary>
[Collection(WholeProcess.Name)]
public sealed class ConnectionEndSpec
{
    private const string RoomForTwo = "pikku.limits.connections-per-node = 2";

    [Fact]
    [Trait("Rule", "I1")]
    public async Task A_client_that_vanishes_in_the_middle_of_a_frame_leaves_nothing_behind()
    {
        await using var lab = await Lab.Start(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();
        await Eventually.Holds(() => lab.Connected == 2, "onConnect of both clients");

        await client.Send([.. RawFrame.Header(RawFrame.Text, 100), 1, 2, 3, 4, 5]);
        client.Vanish();

        // Wait for the count before the next clients connect and disconnect.
        await lab.Holds(1);
        Assert.Equal(1, lab.Disconnected);
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task A_client_that_ends_its_side_without_a_close_frame_leaves_nothing_behind()
    {
        await using var lab = await Lab.Start(RoomForTwo);
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        client.EndSending();

        await client.ReadToEnd();
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Fact]
    public async Task Messages_that_a_client_sent_before_it_disconnected_are_processed()
    {
        var seen = new TaskCompletionSource<string>();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = RoomForTwo,
            Channel = c => c.OnMessage((string text) => { seen.TrySetResult(text); }),
        });
        using var other = await lab.Connect();
        await using var client = await lab.Raw();
        // A message that waits for onConnect does not start when the client is gone.
        await Eventually.Holds(() => lab.Connected == 2, "onConnect of both clients");

        await client.Send([
            .. RawFrame.Bytes(RawFrame.Text, "last words"u8),
            .. RawFrame.Bytes(RawFrame.Close, RawFrame.ClosePayload(1001)),
        ]);
        client.EndSending();

        Assert.Equal("last words", await seen.Task.WaitAsync(Eventually.Patience));
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Fact]
    public async Task Clients_that_leave_during_the_handshake_leave_nothing_behind()
    {
        await using var lab = await Lab.Start();
        using var other = await lab.Connect();

        for (var i = 0; i < 100; i++)
        {
            await using var client = await RawClient.Connect(lab.Port);
            await client.Send(RawClient.UpgradeRequest("/lab"));
            client.Vanish();
        }

        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "I6")]
    public async Task A_client_that_is_silent_and_answers_no_pings_is_aborted()
    {
        await using var lab = await Lab.Start(
            RoomForTwo + "\npikku.connection { ping-interval = 100ms, ping-timeout = 400ms, sweep-interval = 50ms }");
        using var other = await lab.Connect();
        var listening = other.Receive(); // answers pings as long as somebody reads
        await using var client = await lab.Raw();

        Assert.Equal(RawFrame.Ping, (await client.ReadFrame())!.First);
        await client.ReadToEnd();

        await lab.Holds(1);
        await other.Send("""{"action":"echo","text":"here"}""");
        Assert.Equal("""{"text":"here","action":"echo"}""", await listening);
    }

    [Fact]
    [Trait("Rule", "I6")]
    public async Task An_idle_client_is_closed_with_1000()
    {
        await using var lab = await Lab.Start("pikku.connection { idle-timeout = 200ms, sweep-interval = 50ms }");
        using var client = await lab.Connect();

        Assert.Equal(1000, (int?)await client.AwaitClose());
        await lab.Holds(0);
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task A_client_that_does_not_answer_the_close_frame_is_aborted()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = RoomForTwo + "\npikku.connection { close-timeout = 200ms, sweep-interval = 50ms }",
            Channel = c => c.OnMessage((string _, IPikkuChannel channel) => channel.Close(CloseCode.UnsupportedData, "not that")),
        });
        using var other = await lab.Connect();
        await using var client = await lab.Raw();

        await client.SendText("anything");

        Assert.Equal(1003, await client.ReadCloseCode());
        await client.ReadToEnd();
        await HostileFrameSpec.LivesOn(lab, other);
    }

    [Fact]
    [Trait("Rule", "E6")]
    public async Task A_client_is_closed_with_1013_when_its_actor_is_not_created_in_time()
    {
        await using var lab = await Lab.Start("pikku.connection.handshake-timeout = 200ms");
        // Stopped, not suspended: messages to it are lost, as when the node goes down.
        await (await lab.Directory.Parent).GracefulStop(Eventually.Patience);
        await using var client = await lab.Raw();

        Assert.Equal(1013, await client.ReadCloseCode());
        await client.ReadToEnd();
        Assert.Equal(0, lab.Directory.Count);
        Assert.Empty(lab.Logs.Accidents);
    }

    [Fact]
    public async Task A_client_is_aborted_when_the_actor_system_terminates_by_itself()
    {
        await using var lab = await Lab.Start();
        await using var client = await lab.Raw();

        await lab.Services.GetRequiredService<ActorSystem>().Terminate();

        await client.ReadToEnd();
        await Eventually.Holds(() => lab.Directory.Count == 0, "an empty directory");
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task A_connection_whose_onConnect_fails_is_closed_and_runs_onDisconnect_once()
    {
        var disconnected = 0;
        await using var lab = await Lab.Start(new LabOptions
        {
            Pikku = p => p.WireChannel("broken", c =>
            {
                c.AllowAnonymous().OnConnect(string () => throw new InvalidOperationException("no"));
                c.OnDisconnect(() => { Interlocked.Increment(ref disconnected); });
            }),
        });
        await using var client = await lab.Raw("/broken");

        Assert.Contains("Internal server error", (await client.ReadFrame())!.AsText, StringComparison.Ordinal);
        Assert.Equal(1011, await client.ReadCloseCode());
        await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(1011));
        await client.ReadToEnd();
        await lab.Holds(0);
        Assert.Equal(1, disconnected);
    }

    [Fact]
    public async Task Five_hundred_concurrent_connections_leave_nothing_behind()
    {
        const int Many = 500;
        var unobserved = new List<Exception>();
        void Note(object? _, UnobservedTaskExceptionEventArgs e)
        {
            lock (unobserved)
                unobserved.Add(e.Exception);
        }

        CollectTasks(); // those of earlier tests
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await using var lab = await Lab.Start($"pikku.limits.connections-per-address = {Many}");
            await Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(() => ComeAndGo(lab, i))));
            await lab.Holds(0);
            Assert.Equal(Many, lab.Connected);
            CollectTasks();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        // This observes the whole process. No other test runs now, but the server and Akka have tasks of their own.
        Assert.DoesNotContain(unobserved, e => IsOfTheLibrary(e.ToString()));
    }

    private static bool IsOfTheLibrary(string exception) =>
        exception.Contains(" at Pikku.Akka.", StringComparison.Ordinal) && !exception.Contains(" at Pikku.Akka.Tests.", StringComparison.Ordinal);

    // One third each closes, disappears, or disappears while its message runs.
    private static async Task ComeAndGo(Lab lab, int number)
    {
        await using var client = await lab.Raw();
        await client.SendText("""{"action":"echo","text":"hello"}""");
        if (number % 3 != 2)
            Assert.Contains("hello", (await client.ReadFrame())!.AsText, StringComparison.Ordinal);
        if (number % 3 != 0)
        {
            client.Vanish();
            return;
        }

        await client.SendFrame(RawFrame.Close, RawFrame.ClosePayload(1000));
        Assert.Equal(1000, await client.ReadCloseCode());
    }

    private static void CollectTasks()
    {
        // The exception of a task that nobody awaited is reported when the task is finalized.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
