using System.Collections.Concurrent;
using Akka.Actor;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

public sealed class LifecycleSpec
{
    [Theory]
    [Trait("Rule", "I1")]
    [InlineData("client closes")]
    [InlineData("server closes")]
    [InlineData("function closes")]
    [InlineData("client vanishes while a function runs")]
    [InlineData("client vanishes during onConnect")]
    [InlineData("onConnect fails")]
    [InlineData("onConnect hangs")]
    [InlineData("client reads too slowly")]
    [InlineData("client does not answer pings")]
    [InlineData("client is idle")]
    [InlineData("session expires")]
    [InlineData("too many messages")]
    [InlineData("actor fails")]
    [InlineData("cancellation callback fails")]
    [InlineData("node drains")]
    public async Task Runs_onDisconnect_once_for_each_onConnect_whatever_ends_the_connection(string end)
    {
        var calls = new ConcurrentQueue<string>();
        var connecting = new Gate();
        var running = new Gate();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.OnConnect(async (CancellationToken cancelled) =>
                {
                    calls.Enqueue("onConnect");
                    if (end == "onConnect fails")
                        throw new ForbiddenError();
                    if (end is "onConnect hangs" or "client vanishes during onConnect")
                        await connecting.PassAsync();
                });
                c.OnDisconnect(() => calls.Enqueue("onDisconnect"));
                c.MapAction("close", (IPikkuChannel channel) => channel.Close());
                c.MapAction("flood", (IPikkuChannel channel) =>
                {
                    for (var i = 0; i < 10; i++)
                        channel.TrySend(i);
                });
                c.MapAction("throw in cancellation", (CancellationToken cancelled) =>
                {
                    cancelled.Register(() => throw new InvalidOperationException("callback"));
                    return running.PassAsync();
                });
                c.MapAction("run", () => running.PassAsync());
            },
            """
            pikku {
              outbox.max-size = 2400B
              connection.max-message-size = 1KiB
              event-hub.max-event-size = 1KiB
              limits { message-burst = 5, messages-per-second = 1 }
            }
            """);
        var session = new TestSession { ExpiresAt = node.Clock.GetUtcNow() + TimeSpan.FromMinutes(1) };
        var connection = await node.ConnectAsync(session: session, stalled: end == "client reads too slowly");

        await EndAsync();

        await connection.Ended.Soon();
        Assert.Equal(["onConnect", "onDisconnect"], calls);

        async Task EndAsync()
        {
            switch (end)
            {
                case "client closes":
                    connection.EndSocket();
                    break;
                case "server closes":
                    connection.Channel.Close();
                    connection.EndSocket();
                    break;
                case "function closes":
                    connection.Send("""{"action":"close"}""");
                    await connection.ExpectAsync("close 1000");
                    connection.EndSocket();
                    break;
                case "client vanishes while a function runs":
                    connection.Send("""{"action":"run"}""");
                    await running.Entered;
                    connection.EndSocket(1006);
                    await connection.SettleAsync();
                    Assert.DoesNotContain("onDisconnect", calls);
                    running.Open();
                    break;
                case "client vanishes during onConnect":
                    await connecting.Entered;
                    connection.EndSocket(1006);
                    await connection.SettleAsync();
                    Assert.DoesNotContain("onDisconnect", calls);
                    connecting.Open();
                    break;
                case "onConnect fails":
                    await connection.NextAsync();
                    await connection.ExpectAsync("close 1008 onConnect failed");
                    connection.EndSocket(1008);
                    break;
                case "onConnect hangs":
                    await connecting.Entered;
                    await node.SweepAsync(TimeSpan.FromSeconds(11));
                    await connection.NextAsync();
                    await connection.ExpectAsync("close 1011 onConnect failed");
                    connection.EndSocket(1011);
                    break;
                case "client reads too slowly":
                    connection.Send("""{"action":"flood"}""");
                    await connection.WhenClosingAsync();
                    await node.SweepAsync(TimeSpan.FromSeconds(6));
                    break;
                case "client does not answer pings":
                    await connection.WhenIdleAsync();
                    await node.SweepAsync(TimeSpan.FromSeconds(15));
                    await node.SweepAsync(TimeSpan.FromSeconds(20));
                    Assert.Equal(1, connection.Aborts);
                    break;
                case "client is idle":
                    connection.Send("""{"action":"none"}""");
                    await connection.NextAsync();
                    await connection.WhenIdleAsync();
                    connection.Channel.Session.Clear();
                    await node.SweepAsync(TimeSpan.FromHours(2));
                    await connection.ExpectAsync("close 1000 idle");
                    connection.EndSocket();
                    break;
                case "session expires":
                    await connection.WhenIdleAsync();
                    await node.SweepAsync(TimeSpan.FromMinutes(2));
                    await connection.SettleAsync();
                    connection.EndSocket(1008);
                    break;
                case "too many messages":
                    connection.Send([.. Enumerable.Repeat("{}", 20)]);
                    await connection.SettleAsync();
                    connection.EndSocket(1008);
                    break;
                case "actor fails":
                    connection.FailActor();
                    break;
                case "cancellation callback fails":
                    connection.Send("""{"action":"throw in cancellation"}""");
                    await running.Entered;
                    connection.EndSocket(1006);
                    running.Open();
                    break;
                case "node drains":
                    node.Drain();
                    await connection.ExpectAsync("close 1001 the node is going away; retry-after-ms=1");
                    connection.EndSocket(1001);
                    break;
            }
        }
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task Runs_onDisconnect_after_everything_under_way_has_ended()
    {
        var running = new Gate();
        var calls = new ConcurrentQueue<string>();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.OnDisconnect(() => calls.Enqueue("onDisconnect"));
                c.MapAction("run", async () =>
                {
                    await running.PassAsync();
                    calls.Enqueue("run");
                });
            });
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"run"}""", """{"action":"run"}""");
        await running.Entered;
        connection.EndSocket(1006);
        await connection.SettleAsync();
        running.Open();

        await connection.Ended.Soon();
        Assert.Equal(["run", "onDisconnect"], calls);
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task Runs_onDisconnect_although_the_lane_has_no_room()
    {
        using var block = new ManualResetEventSlim();
        var entered = new Gate();
        var disconnected = new TaskCompletionSource();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.OnDisconnect((IPikkuChannel channel) =>
                {
                    if (channel.Id == "leaving")
                        disconnected.SetResult();
                });
                c.MapAction("block", () => 1).UseMiddleware(Blocking(entered, block));
            },
            "pikku.channel { lanes = 1, lane-capacity = 1 }");
        var leaving = await node.ConnectAsync("leaving");
        var blocking = await node.ConnectAsync("blocking");
        var waiting = await node.ConnectAsync("waiting");
        blocking.Send("""{"action":"block"}""");
        await entered.Entered;
        waiting.Send("""{"action":"block"}""");
        await waiting.SettleAsync();

        await leaving.EndAsync();

        await disconnected.Task.Soon();
        block.Set();
    }

    [Fact]
    [Trait("Rule", "I1")]
    public async Task Runs_no_onDisconnect_for_an_onConnect_that_no_lane_had_room_for()
    {
        using var block = new ManualResetEventSlim();
        var entered = new Gate();
        var calls = new ConcurrentQueue<string>();
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.OnConnect((IPikkuChannel channel) => calls.Enqueue($"onConnect {channel.Id}"));
                c.OnDisconnect((IPikkuChannel channel) => calls.Enqueue($"onDisconnect {channel.Id}"));
                c.MapAction("block", () => 1).UseMiddleware(Blocking(entered, block));
            },
            "pikku.channel { lanes = 1, lane-capacity = 1 }");
        var blocking = await node.ConnectAsync("blocking");
        await blocking.WhenIdleAsync();
        var waiting = await node.ConnectAsync("waiting");
        await waiting.WhenIdleAsync();
        blocking.Send("""{"action":"block"}""");
        await entered.Entered;
        waiting.Send("""{"action":"block"}""");
        await waiting.SettleAsync();

        var refused = await node.ConnectAsync("refused");
        Assert.Contains("ServiceUnavailableError", await refused.NextAsync(), StringComparison.Ordinal);
        await refused.ExpectAsync("close 1011 onConnect failed");
        await refused.EndAsync(1011);

        Assert.DoesNotContain(calls, call => call.EndsWith("refused", StringComparison.Ordinal));
        block.Set();
    }

    [Theory]
    [Trait("Rule", "E6")]
    [InlineData("forbidden", "close 1008 onConnect failed")]
    [InlineData("unauthorized", "close 1008 onConnect failed")]
    [InlineData("registered as 403", "close 1008 onConnect failed")]
    [InlineData("conflict", "close 1011 onConnect failed")]
    [InlineData("unknown", "close 1011 onConnect failed")]
    public async Task Sends_the_error_of_onConnect_and_closes_with_the_code_of_its_kind(string kind, string close)
    {
        await using var node = await LiveNode.StartAppAsync(app => app
            .AddError<KeyNotFoundException>("NotYours", 403, "It is not yours.")
            .WireChannel("test", c => c.OnConnect(void () => throw kind switch
            {
                "forbidden" => new ForbiddenError(),
                "unauthorized" => new UnauthorizedError(),
                "registered as 403" => new KeyNotFoundException(),
                "conflict" => new ConflictError(),
                _ => new InvalidOperationException(),
            })));

        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"dropped"}""");

        Assert.StartsWith("""{"error":""", await connection.NextAsync(), StringComparison.Ordinal);
        await connection.ExpectAsync(close);
        await connection.ExpectNothingAsync();
    }

    [Fact]
    [Trait("Rule", "I3")]
    public async Task Sends_what_onConnect_returns_unwrapped_and_nothing_when_that_is_nothing()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnConnect(() => new { hello = "there" }));
        await using var silent = await LiveNode.StartAsync(c =>
        {
            c.OnConnect(() => { });
            c.MapAction("ping", () => 1);
        });

        await (await node.ConnectAsync()).ExpectAsync("""{"hello":"there"}""");

        var connection = await silent.ConnectAsync();
        connection.Send("""{"action":"ping"}""");
        await connection.ExpectAsync("""{"action":"ping","result":1}""");
    }

    [Fact]
    public async Task Ends_when_its_actor_is_stopped_from_outside()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((string text) => text));
        var connection = await node.ConnectAsync();

        connection.Channel.Mailbox.Tell(PoisonPill.Instance);

        await connection.Ended.Soon();
        Assert.Equal(1, connection.Aborts);
        Assert.True(connection.Channel.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task Ends_although_its_socket_can_not_be_cut_off()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((string text) => text));
        var connection = await node.ConnectAsync();
        connection.Aborting = () => throw new ObjectDisposedException("socket");

        connection.Channel.Mailbox.Tell(PoisonPill.Instance);

        await connection.Ended.Soon();
    }

    [Fact]
    public async Task Fires_closed_and_the_cancellation_of_what_runs_when_the_socket_ends()
    {
        var running = new Gate();
        var cancelled = new TaskCompletionSource();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("run", (CancellationToken cancellation) =>
        {
            cancellation.Register(cancelled.SetResult);
            return running.PassAsync();
        }));
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"run"}""");
        await running.Entered;

        connection.EndSocket(1006);

        await cancelled.Task.Soon();
        await connection.SettleAsync();
        Assert.True(connection.Channel.Closed.IsCancellationRequested);
        running.Open();
    }

    [Fact]
    public async Task Sends_nothing_after_the_close_frame()
    {
        var running = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.MapAction("run", () => running.PassAsync()));
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"run"}""", """{"action":"run"}""");
        await running.Entered;

        connection.Channel.Close(CloseCode.Normal, "bye");
        connection.Channel.TrySend("late");
        running.Open();

        await connection.ExpectAsync("close 1000 bye");
        await connection.EndAsync();
        Assert.Empty(connection.Client.Unread());
    }

    private static PikkuMiddleware Blocking(Gate entered, ManualResetEventSlim block) => PikkuMiddleware.Of((context, next) =>
    {
        _ = entered.PassAsync();
        block.Wait(Patience.Long);
        return next();
    });
}
