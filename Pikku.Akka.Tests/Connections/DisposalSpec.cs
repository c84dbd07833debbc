using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>The services of a call are disposed of before its reply is sent. The disposal runs code of the application, which may never return.</summary>
public sealed class DisposalSpec
{
    private const string NoPings = "pikku.connection.ping-interval = infinite";

    private static readonly TimeSpan PastDeadline = TimeSpan.FromSeconds(31);
    private static readonly TimeSpan PastClosing = TimeSpan.FromSeconds(6);

    public static TheoryData<string> Kinds => ["async", "blocking"];

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Rule", "E5")]
    public async Task Sends_the_reply_and_continues_at_the_deadline_if_services_are_not_disposed_of(string kind)
    {
        using var hang = new Hang(kind);
        await using var node = await StartAsync(hang);
        var connection = await node.ConnectAsync();

        connection.Send("""{"action":"use"}""", """{"action":"ping"}""");
        await hang.Entered;
        await connection.SettleAsync();
        await node.SweepAsync(TimeSpan.FromSeconds(29));
        await connection.ExpectNothingAsync();

        await node.SweepAsync(PastDeadline);

        await connection.ExpectAsync("""{"action":"use","result":"used"}""", """{"action":"ping","result":"pong"}""");
        Assert.Equal(1, node.Meters["pikku.message.abandoned"]);
        Assert.Single(node.Log.Own, line => line.EventId == 40);
        hang.End();
        Assert.Equal("""{"action":"ping","result":"pong"}""", await connection.AskAsync("""{"action":"ping"}"""));
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Rule", "E5")]
    public async Task Delays_no_other_connection(string kind)
    {
        using var hang = new Hang(kind);
        await using var node = await StartAsync(hang);
        var connection = await node.ConnectAsync("stuck");
        var other = await node.ConnectAsync("other");
        connection.Send("""{"action":"use"}""");
        await hang.Entered;

        Assert.Equal("""{"action":"ping","result":"pong"}""", await other.AskAsync("""{"action":"ping"}"""));
        hang.End();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Rule", "I1")]
    public async Task Runs_onDisconnect_once_although_the_services_of_a_call_are_never_disposed_of(string kind)
    {
        using var hang = new Hang(kind);
        var disconnects = 0;
        await using var node = await StartAsync(hang, c => c.OnDisconnect(() => { Interlocked.Increment(ref disconnects); }));
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"use"}""");
        await hang.Entered;
        await connection.SettleAsync();

        connection.EndSocket();
        await connection.SettleAsync();
        Assert.False(connection.Ended.IsCompleted);
        await node.SweepAsync(PastClosing);

        await connection.Ended.Soon();
        hang.End();
        Assert.Equal(1, disconnects);
        await Eventually.Holds(() => node.Directory.Count == 0, "an empty directory");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_drain_sends_the_reply_and_closes_without_waiting_for_the_services(string kind)
    {
        using var hang = new Hang(kind);
        await using var node = await StartAsync(hang);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"use"}""");
        await hang.Entered;
        await connection.SettleAsync();
        await node.SweepAsync(PastClosing);
        await connection.ExpectNothingAsync();

        node.Drain();

        await connection.ExpectAsync("""{"action":"use","result":"used"}""");
        Assert.StartsWith("close 1001", await connection.NextAsync(), StringComparison.Ordinal);
        await connection.EndAsync(1001);
        hang.End();
    }

    [Theory]
    [InlineData("async", "onConnect")]
    [InlineData("blocking", "onConnect")]
    [InlineData("async", "onDisconnect")]
    [InlineData("blocking", "onDisconnect")]
    public async Task Gives_up_the_services_of_a_lifecycle_function(string kind, string function)
    {
        using var hang = new Hang(kind);
        await using var node = await StartAsync(
            hang, c => _ = function == "onConnect" ? c.OnConnect((Hanging _) => { }) : c.OnDisconnect((Hanging _) => { }));
        var connection = await node.ConnectAsync();
        if (function == "onDisconnect")
            connection.EndSocket();
        await hang.Entered;
        await connection.SettleAsync();

        await node.SweepAsync(PastDeadline);

        if (function == "onConnect")
            Assert.Equal("""{"action":"ping","result":"pong"}""", await connection.AskAsync("""{"action":"ping"}"""));
        else
            await connection.Ended.Soon();
        hang.End();
    }

    [Fact]
    [Trait("Rule", "E5")]
    public async Task Answers_at_the_deadline_although_a_getter_of_the_reply_blocks()
    {
        using var hang = new Hang("blocking");
        await using var node = await StartAsync(hang);
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"get"}""", """{"action":"ping"}""");
        await hang.Entered;
        await connection.SettleAsync();

        await node.SweepAsync(PastDeadline);

        await connection.ExpectAsync(
            """{"error":"The request timeout has expired.","errorName":"RequestTimeoutError","action":"get"}""", """{"action":"ping","result":"pong"}""");
        hang.End();
        Assert.Equal("""{"action":"ping","result":"pong"}""", await connection.AskAsync("""{"action":"ping"}"""));
        await connection.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "I1")]
    public async Task Ends_the_connection_although_a_cancellation_callback_blocks(bool ofTheCall)
    {
        using var hang = new Hang("blocking");
        await using var node = await StartAsync(hang, c => c.RoutingKey("do").MapAction("wait", async (IPikkuChannel me, CancellationToken cancellation) =>
        {
            _ = (ofTheCall ? cancellation : me.Closed).UnsafeRegister(_ => hang.Block(), null);
            me.TrySend("waits");
            await Task.Delay(Timeout.Infinite, cancellation);
        }));
        var connection = await node.ConnectAsync();
        connection.Send("""{"do":"wait"}""");
        await connection.ExpectAsync("waits");

        connection.EndSocket();

        await hang.Entered;
        await node.SweepAsync(PastDeadline);
        await connection.Ended.Soon();
        hang.End();
    }

    private static Task<LiveNode> StartAsync(Hang hang, Action<ChannelBuilder>? more = null) => LiveNode.StartAsync(
        c =>
        {
            more?.Invoke(c);
            c.MapAction("use", (Hanging _) => "used");
            c.MapAction("get", () => new Getter(hang));
            c.MapAction("ping", () => "pong");
        },
        NoPings,
        services => services.AddScoped(_ => hang.New()));

    /// <summary>Blocks the disposal of a service until the test releases it.</summary>
    private sealed class Hang(string kind) : IDisposable
    {
        private readonly Gate _gate = new();
        private readonly ManualResetEventSlim _blocked = new();

        public Task Entered => _gate.Entered;

        public Hanging New() => kind == "async" ? new HangingAsync(this) : new HangingBlocked(this);

        public void End()
        {
            _gate.Open();
            _blocked.Set();
        }

        public Task Pass() => _gate.PassAsync();

        public void Block()
        {
            _ = _gate.PassAsync();
            _blocked.Wait(Patience.Long);
        }

        public void Dispose() => End();
    }

    private abstract class Hanging;

    private sealed class HangingAsync(Hang hang) : Hanging, IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await hang.Pass();
    }

    private sealed class HangingBlocked(Hang hang) : Hanging, IDisposable
    {
        public void Dispose() => hang.Block();
    }

    private sealed class Getter(Hang hang)
    {
        public int Value
        {
            get
            {
                hang.Block();
                return 1;
            }
        }
    }
}
