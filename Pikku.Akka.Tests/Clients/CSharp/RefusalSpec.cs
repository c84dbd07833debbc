using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>A refusal that would be repeated closes the route of the generated client with its reason, and every wait ends.</summary>
[Trait("Rule", "M2")]
public sealed class RefusalSpec
{
    private static readonly Uri Somewhere = new("ws://example.com");

    /// <summary>The behavior of connections by name, for theories.</summary>
    private static readonly Dictionary<string, Func<Task<WebSocket>>> Servers = new()
    {
        ["onConnect denies"] = () => Scripted(1008, "onConnect failed", """{"error":{"name":"ForbiddenError","status":403,"message":"No."}}"""),
        ["onConnect does not know"] = () => Scripted(1008, "onConnect failed", """{"error":{"name":"UnauthorizedError","status":401,"message":"No."}}"""),
        ["onConnect does not find"] = () => Scripted(1011, "onConnect failed", """{"error":{"name":"NotFoundError","status":404,"message":"No."}}"""),
        ["1008"] = () => Scripted(1008, ""),
        ["4400"] = () => Scripted(4400, ""),
        ["4401"] = () => Scripted(4401, "who?"),
        ["4403 with an error"] = () => Scripted(4403, "no", """{"error":{"name":"ForbiddenError","status":403,"message":"No."}}"""),
        ["4429"] = () => Scripted(4429, ""),
        ["retry=never"] = () => Scripted(1011, "the tenant is gone; retry=never"),
        ["1000"] = () => Scripted(1000, ""),
        ["401"] = () => throw new PikkuRefusedException(401),
        ["403"] = () => throw new PikkuRefusedException(403),
        ["404"] = () => throw new PikkuRefusedException(404),
        ["422"] = () => throw new PikkuRefusedException(422),
        ["426"] = () => throw new PikkuRefusedException(426),
        ["ArgumentException"] = () => throw new ArgumentException("a header"),
        ["PlatformNotSupportedException"] = () => throw new PlatformNotSupportedException("a browser"),
        ["InvalidOperationException"] = () => throw new InvalidOperationException("Incomplete handshake, status code: 401"),
        ["FormatException"] = () => throw new FormatException("a token"),
        ["1011"] = () => Scripted(1011, "", """{"error":{"name":"InternalServerError","status":500,"message":"No."}}"""),
        ["1013"] = () => Scripted(1013, ""),
        ["429"] = () => throw new PikkuRefusedException(429),
        ["503"] = () => throw new PikkuRefusedException(503),
        ["WebSocketException"] = () => throw new WebSocketException("no network"),
        ["IOException"] = () => throw new IOException("no network"),
    };

    [Theory]
    [InlineData("onConnect denies", "ForbiddenError")]
    [InlineData("onConnect does not find", "NotFoundError")]
    [InlineData("1008", null)]
    [InlineData("4400", null)]
    [InlineData("4401", null)]
    [InlineData("4403 with an error", "ForbiddenError")]
    [InlineData("4429", null)]
    [InlineData("retry=never", null)]
    [InlineData("1000", null)]
    [InlineData("401", "UnauthorizedError")]
    [InlineData("403", "ForbiddenError")]
    [InlineData("404", "NotFoundError")]
    [InlineData("422", "UnprocessableContentError")]
    [InlineData("426", "UpgradeRequiredError")]
    [InlineData("ArgumentException", null)]
    [InlineData("PlatformNotSupportedException", null)]
    [InlineData("InvalidOperationException", null)]
    [InlineData("FormatException", null)]
    [Trait("Rule", "S2")]
    public async Task A_refusal_that_would_be_repeated_closes_the_route_with_its_reason(string server, string? refusal)
    {
        var attempts = 0;
        await using var client = new Client(Somewhere, new PikkuOptions
        {
            MinDelay = TimeSpan.Zero,
            MaxDelay = TimeSpan.Zero,
            Connect = (_, _, _) =>
            {
                attempts++;
                return Servers[server]();
            },
            // onOpen waits for an answer, so an error after the connection is open reaches the caller of ConnectAsync.
            OnOpen = (route, cancellation) => ((TodosLiveRoute)route).ListAsync(cancellationToken: cancellation),
        });
        var closed = Closed(client.TodosLive);
        var connecting = client.TodosLive.ConnectAsync();
        var waiting = client.TodosLive.ListAsync(timeout: Timeout.InfiniteTimeSpan);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => connecting.WaitAsync(Eventually.Patience));

        Assert.Equal(refusal, (error as Generated.PikkuException)?.Name);
        Assert.IsType<PikkuClosedException>(refusal is null ? error : error.InnerException);
        Assert.Equal(refusal, (await Assert.ThrowsAsync<PikkuClosedException>(() => waiting)).Refusal?.Name);
        Assert.Equal(refusal, ((await closed.WaitAsync(Eventually.Patience)).Error as Generated.PikkuException)?.Name);
        Assert.Equal(1, attempts);
        await Assert.ThrowsAsync<PikkuClosedException>(() => client.TodosLive.ListAsync());
    }

    [Theory]
    [InlineData("1011")]
    [InlineData("1013")]
    [InlineData("429")]
    [InlineData("503")]
    [InlineData("WebSocketException")]
    [InlineData("IOException")]
    public async Task A_temporary_refusal_is_retried(string server)
    {
        var attempts = new SemaphoreSlim(0);
        await using var client = new Client(Somewhere, new PikkuOptions
        {
            MinDelay = TimeSpan.Zero,
            MaxDelay = TimeSpan.Zero,
            Connect = (_, _, _) =>
            {
                attempts.Release();
                return Servers[server]();
            },
        });
        _ = client.TodosLive.ConnectAsync();
        for (var attempt = 0; attempt < 5; attempt++)
            Assert.True(await attempts.WaitAsync(Eventually.Patience));
        Assert.NotEqual(PikkuState.Closed, client.TodosLive.State);
    }

    [Theory]
    [InlineData("401")]
    [InlineData("1008")]
    [InlineData("onConnect does not know")]
    public async Task Another_token_is_tried_but_the_same_token_is_not(string server)
    {
        var tokens = new Queue<string>(["a", "b", "b", "b"]);
        var used = new ConcurrentQueue<string?>();
        await using var client = new Client(Somewhere, new PikkuOptions
        {
            MinDelay = TimeSpan.Zero,
            MaxDelay = TimeSpan.Zero,
            Token = (_, _) => Task.FromResult<string?>(tokens.Dequeue()),
            Connect = (_, upgrade, _) =>
            {
                used.Enqueue(upgrade.Token);
                return Servers[server]();
            },
        });
        var call = client.TodosLive.ListAsync(timeout: Timeout.InfiniteTimeSpan);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => call.WaitAsync(Eventually.Patience));
        await Closed(client.TodosLive).WaitAsync(Eventually.Patience);
        Assert.True(error is PikkuClosedException or PikkuConnectionLostException, error.ToString());
        Assert.Equal(["a", "b"], used);
    }

    [Fact]
    public void A_hint_never_shortens_the_backoff_after_failures()
    {
        var end = new PikkuEnd(1001, "retry-after-ms=0", null);
        Assert.Equal(TimeSpan.Zero, end.Delay(new PikkuOptions(), 0, 1));
        Assert.Equal(TimeSpan.FromSeconds(8), end.Delay(new PikkuOptions(), 4, 1));
    }

    [Fact]
    public void An_expired_session_is_restored_if_OnOpen_signs_in()
    {
        var signsIn = new PikkuOptions { OnOpen = (_, _) => Task.CompletedTask };
        var expired = new PikkuEnd(1008, "session expired", null);
        Assert.False((expired with { WasStable = true }).IsFinal(signsIn));
        Assert.True(expired.IsFinal(signsIn));
        Assert.True((expired with { WasStable = true }).IsFinal(new PikkuOptions()));
    }

    [Fact]
    public async Task Connecting_times_out_even_if_functions_ignore_their_token_and_closing_settles_everything()
    {
        var clock = new ManualTime();
        var never = new TaskCompletionSource<WebSocket>();
        foreach (var options in new[]
        {
            new PikkuOptions { Clock = clock, Connect = (_, _, _) => never.Task },
            new PikkuOptions { Clock = clock, Token = (_, _) => new TaskCompletionSource<string?>().Task },
        })
        {
            await using var client = new Client(Somewhere, options);
            var waiting = new TaskCompletionSource<PikkuStateChange>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var states = client.TodosLive.OnState(change =>
            {
                if (change.State == PikkuState.Waiting)
                    waiting.TrySetResult(change);
            });
            var connecting = client.TodosLive.ConnectAsync();
            var call = client.TodosLive.ListAsync(timeout: Timeout.InfiniteTimeSpan);
            await Eventually.Holds(
                () =>
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                    return waiting.Task.IsCompleted;
                },
                "it waits for the next attempt");
            Assert.IsType<TimeoutException>((await waiting.Task).Error);

            await Eventually.Holds(
                () =>
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                    return connecting.IsCompleted;
                },
                "who connects is told");
            await Assert.ThrowsAsync<TimeoutException>(() => connecting);
            await client.DisposeAsync();
            await Assert.ThrowsAsync<PikkuClosedException>(() => call);
        }
    }

    [Fact]
    public async Task An_OnOpen_that_does_not_complete_ends_the_connection()
    {
        using var server = new ScriptedServer();
        await using var client = new Client(Somewhere, server.Options with { Timeout = TimeSpan.FromMilliseconds(50), OnOpen = (_, _) => new TaskCompletionSource().Task });
        var waiting = new TaskCompletionSource<PikkuStateChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var states = client.TodosLive.OnState(change =>
        {
            if (change.State == PikkuState.Waiting)
                waiting.TrySetResult(change);
        });
        await Assert.ThrowsAsync<TimeoutException>(() => client.TodosLive.ConnectAsync());
        Assert.IsType<TimeoutException>((await waiting.Task.WaitAsync(Eventually.Patience)).Error);
    }

    [Fact]
    public async Task Options_that_no_timer_supports_close_the_route()
    {
        await using var client = new Client(Somewhere, new PikkuOptions
        {
            MinDelay = TimeSpan.MaxValue, MaxDelay = TimeSpan.MaxValue, Connect = (_, _, _) => throw new IOException("no network"),
        });
        await Assert.ThrowsAsync<PikkuClosedException>(() => client.TodosLive.ConnectAsync().WaitAsync(Eventually.Patience));
    }

    [Theory]
    [InlineData(null, false, null, null)]
    [InlineData("", false, null, null)]
    [InlineData("abc", false, null, "Bearer abc")]
    [InlineData("abc==", false, null, "Bearer abc==")]
    [InlineData("a b", false, "pikku.bearer64.YSBi", null)]
    [InlineData("ünï✓", false, "pikku.bearer64.w7xuw6_inJM", null)]
    [InlineData("a\r\nb", false, "pikku.bearer64.YQ0KYg", null)]
    [InlineData(null, true, null, null)]
    [InlineData("abc.D-_~", true, "pikku.bearer.abc.D-_~", null)]
    [InlineData("abc==", true, "pikku.bearer64.YWJjPT0", null)]
    [InlineData("a/b", true, "pikku.bearer64.YS9i", null)]
    [Trait("Rule", "D4")]
    public void A_token_is_sent_where_the_platform_and_its_characters_allow_it(string? token, bool isBrowser, string? entry, string? authorization)
    {
        var (subprotocols, header) = new PikkuUpgrade("pikku.v1", token).Offer(isBrowser);
        string[] expected = entry is null ? ["pikku.v1"] : ["pikku.v1", entry];
        Assert.Equal(expected, subprotocols);
        Assert.Equal(authorization, header);
        foreach (var subprotocol in subprotocols)
            new ClientWebSocket().Options.AddSubProtocol(subprotocol);
    }

    [Theory]
    [InlineData("good token ✓", 101)]
    [InlineData("forged token ✓", 401)]
    [InlineData("forged", 401)]
    public async Task With_only_subprotocols_as_in_a_browser_the_client_still_learns_why_it_is_refused(string token, int status)
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Builder = b => b.Services.AddAuthentication("bearer").AddScheme<AuthenticationSchemeOptions, OneTokenHandler>("bearer", null),
        });
        var upgrade = new PikkuUpgrade("pikku.v1", token);
        if (status == 101)
        {
            using var socket = await PikkuUpgrade.ConnectAsync(lab.Ws(), upgrade, isBrowser: true, default);
            Assert.Equal("pikku.v1", socket.SubProtocol);
            return;
        }

        foreach (var isBrowser in new[] { true, false })
        {
            var refused = await Assert.ThrowsAsync<PikkuRefusedException>(() => PikkuUpgrade.ConnectAsync(lab.Ws(), upgrade, isBrowser, default));
            Assert.Equal(status, refused.Status);
            Assert.Equal("The credentials were not accepted.", refused.Message);
        }
    }

    private static Task<PikkuStateChange> Closed(Generated.PikkuRoute route)
    {
        var closed = new TaskCompletionSource<PikkuStateChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        route.OnState(change =>
        {
            if (change.State == PikkuState.Closed)
                closed.TrySetResult(change);
        });
        if (route.State == PikkuState.Closed)
            closed.TrySetResult(new PikkuStateChange(PikkuState.Closed, PikkuState.Closed));
        return closed.Task;
    }

    /// <summary>A connection whose server has sent all its messages.</summary>
    private static async Task<WebSocket> Scripted(int code, string reason, string? message = null)
    {
        using var frames = new MemoryStream();
        var socket = WebSocket.CreateFromStream(frames, new WebSocketCreationOptions { IsServer = true });
        if (message is not null)
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, default);
        await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, default);
        return WebSocket.CreateFromStream(new Recorded(frames.ToArray()), new WebSocketCreationOptions { SubProtocol = "pikku.v1" });
    }

    /// <summary>A stream whose input never arrives and whose output is discarded.</summary>
    private sealed class Recorded(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
