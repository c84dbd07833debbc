using System.Net.WebSockets;
using System.Text.Json;
using Pikku.Akka.Tests.Conformance;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The guarantees of docs/guarantees.md that no scenario can verify, on a real node with real sockets.</summary>
public sealed class GuaranteesSpec
{
    private static readonly Topic<string> News = new("news");

    [Fact, Trait("Rule", "I4"), Trait("Rule", "K6")]
    public async Task A_client_that_does_not_read_is_closed_with_1013_and_delays_nobody()
    {
        // More than the buffers of both systems and the outbox can hold.
        const int events = 400;
        var text = new string('x', 64 * 1024);
        await using var node = await DocumentedNode.StartAsync(pikku => pikku
            .AddHocon("pikku { outbox.max-size = 1MiB, connection.close-timeout = 1m, limits.messages-per-second = 100000 }")
            .WireChannel("news", channel =>
            {
                channel.AllowAnonymous().OnConnect((PikkuContext context) => context.EventHub.SubscribeAsync(News));
                channel.MapAction("tell", (PikkuContext context) => context.EventHub.PublishAsync(News, text));
            }));
        using var deaf = new ClientWebSocket();
        await deaf.ConnectAsync(node.Socket("/news"), CancellationToken.None);
        await using var reader = await node.ConnectAsync("/news");

        for (var i = 0; i < events; i++)
        {
            await reader.SendAsync("""{"action":"tell"}""");
            Assert.Equal("news", (await reader.NextJsonAsync()).GetProperty("topic").GetString());
            Assert.Equal("tell", (await reader.NextJsonAsync()).GetProperty("action").GetString());
        }

        Assert.Equal((WebSocketCloseStatus)1013, await ReadToTheEnd(deaf));
    }

    [Fact, Trait("Rule", "B6"), Trait("Rule", "I4")]
    public async Task A_client_that_sends_too_fast_receives_an_error_and_is_closed_with_1008_if_it_continues()
    {
        await using var node = await DocumentedNode.StartAsync(pikku => pikku
            .AddHocon("pikku.limits { messages-per-second = 1, message-burst = 10 }")
            .WireChannel("echo", channel => Echo(channel)));
        await using var client = await node.ConnectAsync("/echo");

        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync("""{"action":"echo","value":"x"}""");
            Assert.Equal("x", (await client.NextJsonAsync()).GetProperty("value").GetString());
        }

        await client.SendAsync("""{"action":"echo","value":"x"}""");
        Assert.Equal("TooManyRequestsError", (await client.NextJsonAsync()).GetProperty("errorName").GetString());
        try
        {
            for (var i = 0; i < 30; i++)
                await client.SendAsync("""{"action":"echo","value":"x"}""");
        }
        catch (WebSocketException)
        {
            // The node may close before all messages have been sent.
        }

        Assert.Equal((WebSocketCloseStatus)1008, await client.ClosedAsync());
    }

    [Fact, Trait("Rule", "A5")]
    public async Task A_function_that_never_ends_is_answered_with_an_error_and_the_connection_stays_open()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var node = await DocumentedNode.StartAsync(pikku => pikku
            // Long enough for the function to begin on a busy machine: a call that is late before it begins does not run.
            .AddHocon("pikku.function.timeout = 2s, pikku.connection.sweep-interval = 100ms")
            .WireChannel("echo", channel => Echo(channel).MapAction("hang", async (CancellationToken cancellation) =>
            {
                cancellation.Register(told.SetResult);
                await new TaskCompletionSource().Task;
            })));
        await using var client = await node.ConnectAsync("/echo");

        await client.SendAsync("""{"action":"hang"}""");
        await client.SendAsync("""{"action":"echo","value":"x"}""");

        Assert.Equal("RequestTimeoutError", (await client.NextJsonAsync()).GetProperty("errorName").GetString());
        Assert.Equal("x", (await client.NextJsonAsync()).GetProperty("value").GetString());
        await told.Task.WaitAsync(ScenarioClient.Patience);
    }

    [Fact, Trait("Rule", "G3"), Trait("Rule", "I4")]
    public async Task A_session_that_has_expired_closes_its_connection_with_1008()
    {
        await using var node = await DocumentedNode.StartAsync(pikku => pikku
            .AddHocon("pikku.connection.sweep-interval = 100ms")
            .WireChannel("visit", channel => channel
                .AllowAnonymous()
                .OnConnect((PikkuContext context) => context.SetSessionAsync(new Visit { ExpiresAt = DateTimeOffset.UnixEpoch }))));
        await using var client = await node.ConnectAsync("/visit");

        Assert.Equal((WebSocketCloseStatus)1008, await client.ClosedAsync());
    }

    [Theory, Trait("Rule", "E6")]
    [InlineData(null, 101)]
    [InlineData("http://{host}", 101)]
    [InlineData("https://app.example.com", 101)]
    [InlineData("https://evil.example.com", 403)]
    [InlineData("null", 403)]
    public async Task Pages_of_foreign_origins_are_refused(string? origin, int status)
    {
        await using var node = await DocumentedNode.StartAsync(pikku => pikku
            .AddHocon("""pikku.upgrade.origins = ["https://app.example.com"]""")
            .WireChannel("echo", channel => Echo(channel)));

        var own = origin?.Replace("{host}", node.Http("/").Authority, StringComparison.Ordinal);
        Assert.Equal(status, await node.UpgradeAsync("/echo", own is null ? [] : [("Origin", own)]));
    }

    [Theory, Trait("Rule", "E6")]
    [InlineData("connections-per-address", 429)]
    [InlineData("connections-per-node", 503)]
    public async Task Connections_beyond_a_limit_are_refused_before_the_upgrade(string limit, int status)
    {
        await using var node = await DocumentedNode.StartAsync(pikku => pikku.AddHocon($"pikku.limits.{limit} = 1").WireChannel("echo", channel => Echo(channel)));
        await using var first = await node.ConnectAsync("/echo");

        Assert.Equal(status, await node.UpgradeAsync("/echo"));
        await first.SendAsync("""{"action":"echo","value":"x"}""");
        Assert.Equal("x", (await first.NextJsonAsync()).GetProperty("value").GetString());
    }

    [Fact, Trait("Rule", "I1"), Trait("Rule", "I4")]
    public async Task A_node_that_stops_completes_running_calls_closes_with_1001_and_ends_every_connection_once()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = 0;
        await using var node = await DocumentedNode.StartAsync(pikku => pikku.WireChannel("echo", channel =>
        {
            Echo(channel).OnDisconnect(() => { Interlocked.Increment(ref ended); });
            channel.MapAction("wait", async () =>
            {
                running.SetResult();
                await release.Task;
                return "done";
            });
        }));
        await using var client = await node.ConnectAsync("/echo");
        await client.SendAsync("""{"action":"wait"}""");
        await running.Task;

        var stopping = node.StopAsync();
        Assert.False(stopping.IsCompleted);
        release.SetResult();

        Assert.Equal("done", (await client.NextJsonAsync()).GetProperty("result").GetString());
        Assert.Equal((WebSocketCloseStatus)1001, await client.ClosedAsync());
        await stopping;
        Assert.Equal(1, ended);
    }

    private static ChannelBuilder Echo(ChannelBuilder channel)
    {
        channel.AllowAnonymous().MapAction("echo", (JsonElement input) => input);
        return channel;
    }

    private static async Task<WebSocketCloseStatus?> ReadToTheEnd(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[64 * 1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), patience.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        return socket.CloseStatus;
    }

    private sealed record Visit : IPikkuSession
    {
        public DateTimeOffset? ExpiresAt { get; init; }
    }
}
