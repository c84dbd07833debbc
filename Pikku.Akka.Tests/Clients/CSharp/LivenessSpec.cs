using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Cluster;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The generated client notices servers that do not answer, waits for <c>onConnect</c>, and renews sessions.</summary>
public sealed class LivenessSpec
{
    private static readonly Uri Somewhere = new("ws://example.com");

    private readonly ManualTime _clock = new();

    [Fact, Trait("Rule", "S1")]
    public async Task A_silent_server_is_pinged_after_25_s_and_lost_10_s_later_unless_something_comes()
    {
        using var server = new ScriptedServer();
        await using var client = new Client(Somewhere, server.Options with { Clock = _clock });
        var waiting = Next(client.Boards, PikkuState.Waiting);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var handler = client.Boards.OnMessage(_ => seen.TrySetResult());
        await client.Boards.ConnectAsync();
        using var socket = await server.AcceptAsync();

        var ping = ScriptedServer.ReceiveAsync(socket);
        _clock.Advance(TimeSpan.FromSeconds(24));
        Assert.False(ping.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("""{"action":"pikku-ping"}""", await ping);
        // Any message says that the server is alive.
        await ScriptedServer.SendAsync(socket, """{"hello":1}""");
        await seen.Task.WaitAsync(Eventually.Patience);
        ping = ScriptedServer.ReceiveAsync(socket);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(PikkuState.Open, client.Boards.State);
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal("""{"action":"pikku-ping"}""", await ping);
        _clock.Advance(TimeSpan.FromSeconds(10));

        var lost = await waiting;
        Assert.Equal(1006, lost.Code);
        Assert.IsType<TimeoutException>(lost.Error);
        Assert.True(lost.RetryIn < TimeSpan.FromSeconds(0.5));
    }

    [SkippableFact, Trait("Rule", "S1")]
    public async Task A_frozen_server_is_noticed_within_40_s_and_the_client_is_back_when_it_continues()
    {
        var nodes = await NodeProcess.StartAsync(1);
        try
        {
            await using var client = new Client(nodes[0].Address, new PikkuOptions
            {
                Clock = _clock, MinDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromHours(1),
            });
            var subscribed = new SemaphoreSlim(0);
            var seen = new ConcurrentQueue<int>();
            using var events = client.Boards.SubscribeToPublic(
                new NameKey { Name = "x" }, data => seen.Enqueue(data.GetInt32()), new PikkuSubscriptionOptions { OnSubscribed = () => subscribed.Release() });
            await client.Boards.ConnectAsync();
            Assert.True(await subscribed.WaitAsync(Eventually.Patience));
            var lost = Next(client.Boards, PikkuState.Waiting);

            nodes[0].Signal("STOP");
            var frozenAt = _clock.GetUtcNow();
            await Eventually.Holds(
                () =>
                {
                    if (!lost.IsCompleted && _clock.GetUtcNow() - frozenAt < TimeSpan.FromSeconds(40))
                        _clock.Advance(TimeSpan.FromSeconds(1));
                    return lost.IsCompleted;
                },
                "the client notices it");
            nodes[0].Signal("CONT");
            await Eventually.Holds(
                () =>
                {
                    _clock.Advance(TimeSpan.FromMilliseconds(1));
                    return subscribed.CurrentCount > 0;
                },
                "the client is subscribed again");
            await client.Boards.PublishAsync(new BoardEvent { Topic = "public:x", Data = JsonElement.Parse("1") });
            await Eventually.Holds(() => seen.SequenceEqual([1]), "the event arrives");
        }
        finally
        {
            nodes[0].Signal("CONT");
            await NodeProcess.EndAsync(nodes);
        }
    }

    [Fact, Trait("Rule", "S3")]
    public async Task Connecting_completes_when_the_server_has_answered_the_ready_ping()
    {
        using var server = new ScriptedServer(pong: null);
        await using var client = new Client(Somewhere, server.Options);
        var connecting = client.Boards.ConnectAsync();
        var waiting = client.Boards.LogoutAsync();
        using var socket = await server.AcceptAsync();
        Assert.Equal("""{"action":"pikku-ping","ready":true}""", await ScriptedServer.ReceiveAsync(socket));
        var next = ScriptedServer.ReceiveAsync(socket);
        Assert.False(next.IsCompleted || connecting.IsCompleted);
        await ScriptedServer.SendAsync(socket, """{"action":"pikku-pong","ready":true}""");
        await connecting.WaitAsync(Eventually.Patience);
        Assert.Contains("logout", await next, StringComparison.Ordinal);
        _ = waiting.Exception;
    }

    [Fact, Trait("Rule", "S3")]
    public async Task Connecting_fails_with_the_error_of_onConnect_although_the_client_tries_again()
    {
        using var server = new ScriptedServer(pong: null);
        await using var client = new Client(Somewhere, server.Options);
        var connecting = client.Boards.ConnectAsync();
        using var socket = await server.AcceptAsync();
        await ScriptedServer.SendAsync(socket, """{"error":{"name":"ServiceUnavailableError","status":503,"message":"Later."}}""");
        await socket.CloseOutputAsync((WebSocketCloseStatus)1011, "onConnect failed", default);
        var error = await Assert.ThrowsAsync<Generated.PikkuException>(() => connecting.WaitAsync(Eventually.Patience));
        Assert.Equal(("ServiceUnavailableError", 503, "Later."), (error.Name, error.Status, error.Message));
        using var next = await server.AcceptAsync();
    }

    [Fact, Trait("Rule", "Q3")]
    public async Task A_session_is_renewed_before_it_expires_and_a_refused_token_is_replaced_once()
    {
        var reasons = new ConcurrentQueue<PikkuTokenReason>();
        var errors = new ConcurrentQueue<Exception>();
        using var server = new ScriptedServer(pong: $$"""{"action":"pikku-pong","ready":true,"expiresAt":"{{After(400)}}"}""");
        await using var client = new Client(Somewhere, server.Options with
        {
            Clock = _clock, PingInterval = TimeSpan.Zero, OnError = errors.Enqueue,
            Token = (reason, _) =>
            {
                reasons.Enqueue(reason);
                return Task.FromResult<string?>($"token {reasons.Count}");
            },
        });
        await client.Boards.ConnectAsync();
        using var socket = await server.AcceptAsync();
        await Eventually.Holds(() => _clock.WaitingTimers > 0, "it waits for the time of the renewal");

        var request = ReadAsync(socket);
        _clock.Advance(TimeSpan.FromSeconds(339));
        Assert.Equal([PikkuTokenReason.Connect], reasons);
        _clock.Advance(TimeSpan.FromSeconds(31));
        var message = await request;
        Assert.Equal("pikku-auth", message.GetProperty("action").GetString());
        Assert.Equal("token 2", message.GetProperty("data").GetProperty("token").GetString());
        await ScriptedServer.SendAsync(socket, $$$"""{"action":"pikku-auth","id":{{{message.GetProperty("id").GetRawText()}}},"error":{"name":"UnauthorizedError","status":401,"message":"No."}}""");
        message = await ReadAsync(socket);
        Assert.Equal("token 3", message.GetProperty("data").GetProperty("token").GetString());
        await ScriptedServer.SendAsync(socket, $$$"""{"action":"pikku-auth","id":{{{message.GetProperty("id").GetRawText()}}},"data":{"expiresAt":"{{{After(400)}}}"}}""");
        request = ReadAsync(socket);
        await Eventually.Holds(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                return request.IsCompleted;
            },
            "it renews again");
        Assert.Equal([PikkuTokenReason.Connect, PikkuTokenReason.Expiring, PikkuTokenReason.Refused, PikkuTokenReason.Expiring], reasons);
        Assert.Empty(errors);
    }

    private string After(int seconds) => _clock.GetUtcNow().AddSeconds(seconds).ToString("O");

    private static async Task<JsonElement> ReadAsync(WebSocket socket) => JsonElement.Parse(await ScriptedServer.ReceiveAsync(socket));

    private static Task<PikkuStateChange> Next(Generated.PikkuRoute route, PikkuState state)
    {
        var next = new TaskCompletionSource<PikkuStateChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        route.OnState(change =>
        {
            if (change.State == state)
                next.TrySetResult(change);
        });
        return next.Task.WaitAsync(Eventually.Patience);
    }
}
