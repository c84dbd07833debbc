using System.Net.WebSockets;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>Streams and cancellation in the generated client, shown against a server whose messages the test decides.</summary>
public sealed class StreamSpec : IDisposable
{
    private static readonly Uri Somewhere = new("ws://example.com");

    private readonly ScriptedServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact, Trait("Rule", "R1")]
    public async Task A_stream_ends_after_its_items_or_with_the_error_of_the_server()
    {
        await using var client = new Client(Somewhere, _server.Options);
        await client.Boards.ConnectAsync();
        using var socket = await _server.AcceptAsync();
        await using var items = client.Boards.CountAsync(new CountInput { To = 2 }).GetAsyncEnumerator();
        var first = NextAsync(items);
        var id = await ExpectAsync(socket, "count");
        await SendAsync(socket, id, "\"item\":1", "\"item\":2", "\"done\":true");
        Assert.True(await first);
        Assert.Equal(1, items.Current);
        Assert.True(await NextAsync(items));
        Assert.Equal(2, items.Current);
        Assert.False(await NextAsync(items));

        await using var failing = client.Boards.CountAsync(new CountInput { To = 2 }).GetAsyncEnumerator();
        first = NextAsync(failing);
        id = await ExpectAsync(socket, "count");
        await SendAsync(socket, id, "\"item\":1", "\"error\":{\"name\":\"NotFoundError\",\"status\":404,\"message\":\"No.\"}");
        Assert.True(await first);
        Assert.Equal(404, (await Assert.ThrowsAsync<Generated.PikkuException>(() => NextAsync(failing))).Status);
    }

    [Fact, Trait("Rule", "R3")]
    public async Task Leaving_the_loop_or_canceling_its_token_cancels_the_stream_on_the_server()
    {
        await using var client = new Client(Somewhere, _server.Options);
        await client.Boards.ConnectAsync();
        using var socket = await _server.AcceptAsync();
        var items = client.Boards.CountAsync(new CountInput { To = 2 }).GetAsyncEnumerator();
        var first = NextAsync(items);
        var id = await ExpectAsync(socket, "count");
        await SendAsync(socket, id, "\"item\":1");
        Assert.True(await first);
        await items.DisposeAsync();
        Assert.Equal(id, await ExpectAsync(socket, "pikku-cancel"));

        using var cancel = new CancellationTokenSource();
        var canceled = client.Boards.CountAsync(new CountInput { To = 2 }).WithCancellation(cancel.Token).GetAsyncEnumerator();
        var next = canceled.MoveNextAsync();
        id = await ExpectAsync(socket, "count");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.Equal(id, await ExpectAsync(socket, "pikku-cancel"));
    }

    [Fact, Trait("Rule", "R3")]
    public async Task A_call_that_is_canceled_or_too_late_is_canceled_on_the_server_and_its_answer_ignored()
    {
        var errors = new List<Exception>();
        var clock = new ManualTime();
        await using var client = new Client(Somewhere, _server.Options with { OnError = errors.Add, Clock = clock });
        await client.Boards.ConnectAsync();
        using var socket = await _server.AcceptAsync();
        using var cancel = new CancellationTokenSource();
        var call = client.Boards.LogoutAsync(cancel.Token);
        var id = await ExpectAsync(socket, "logout");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(id, await ExpectAsync(socket, "pikku-cancel"));
        await SendAsync(socket, id, "\"error\":{\"name\":\"RequestCancelledError\",\"status\":499,\"message\":\"No.\"}");

        call = client.Boards.LogoutAsync(timeout: TimeSpan.FromSeconds(5));
        id = await ExpectAsync(socket, "logout");
        clock.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Equal(id, await ExpectAsync(socket, "pikku-cancel"));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_timeout_of_a_stream_is_that_of_its_first_item()
    {
        var clock = new ManualTime();
        await using var client = new Client(Somewhere, _server.Options with { Clock = clock, PingInterval = TimeSpan.Zero });
        await client.Boards.ConnectAsync();
        using var socket = await _server.AcceptAsync();
        await using var items = client.Boards.CountAsync(new CountInput { To = 2 }, timeout: TimeSpan.FromSeconds(5)).GetAsyncEnumerator();
        var next = NextAsync(items);
        var id = await ExpectAsync(socket, "count");
        await SendAsync(socket, id, "\"item\":1");
        Assert.True(await next);
        clock.Advance(TimeSpan.FromHours(1));
        next = NextAsync(items);
        await SendAsync(socket, id, "\"item\":2");
        Assert.True(await next);

        await using var late = client.Boards.CountAsync(new CountInput { To = 2 }, timeout: TimeSpan.FromSeconds(5)).GetAsyncEnumerator();
        next = NextAsync(late);
        await ExpectAsync(socket, "count");
        clock.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => next);
    }

    [Fact, Trait("Rule", "R2")]
    public async Task A_loop_that_is_too_slow_cancels_the_stream_and_fails_after_the_items_that_wait()
    {
        await using var client = new Client(Somewhere, _server.Options with { MaxBuffered = 2 });
        await client.Boards.ConnectAsync();
        using var socket = await _server.AcceptAsync();
        await using var items = client.Boards.CountAsync(new CountInput { To = 9 }).GetAsyncEnumerator();
        var next = NextAsync(items);
        var id = await ExpectAsync(socket, "count");
        await SendAsync(socket, id, "\"item\":1");
        Assert.True(await next);
        await SendAsync(socket, id, "\"item\":2", "\"item\":3", "\"item\":4");
        Assert.Equal(id, await ExpectAsync(socket, "pikku-cancel"));
        Assert.True(await NextAsync(items));
        Assert.True(await NextAsync(items));
        Assert.Equal(3, items.Current);
        await Assert.ThrowsAsync<PikkuBufferOverflowException>(() => NextAsync(items));
    }

    [Fact]
    public async Task A_lost_connection_ends_a_stream_with_an_error_and_a_stream_is_enumerated_once()
    {
        await using var client = new Client(Somewhere, _server.Options);
        await client.Boards.ConnectAsync();
        using var socket = await _server.AcceptAsync();
        var stream = client.Boards.CountAsync(new CountInput { To = 9 });
        await using var items = stream.GetAsyncEnumerator();
        Assert.Throws<InvalidOperationException>(() => stream.GetAsyncEnumerator());
        var next = NextAsync(items);
        var id = await ExpectAsync(socket, "count");
        await SendAsync(socket, id, "\"item\":1");
        await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
        Assert.True(await next);
        Assert.Equal(1013, (await Assert.ThrowsAsync<PikkuConnectionLostException>(() => NextAsync(items))).Code);
    }

    private static Task<bool> NextAsync<T>(IAsyncEnumerator<T> items) => items.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience);

    private static async Task<string> ExpectAsync(WebSocket socket, string action)
    {
        var message = JsonElement.Parse(await ScriptedServer.ReceiveAsync(socket));
        Assert.Equal(action, message.GetProperty("action").GetString());
        return message.GetProperty("id").GetRawText();
    }

    private static async Task SendAsync(WebSocket socket, string id, params string[] parts)
    {
        foreach (var part in parts)
            await ScriptedServer.SendAsync(socket, $$"""{"action":"count","id":{{id}},{{part}}}""");
    }
}
