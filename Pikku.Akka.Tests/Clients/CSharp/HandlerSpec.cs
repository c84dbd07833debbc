using System.Collections.Concurrent;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>Failures of the application's functions are reported and affect neither the process nor other functions.</summary>
[Trait("Rule", "M2")]
public sealed class HandlerSpec : IDisposable
{
    private static readonly Uri Somewhere = new("ws://example.com");

    private readonly ScriptedServer _server = new();
    private readonly ConcurrentQueue<string> _errors = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Failures_of_asynchronous_handlers_are_reported_and_the_other_handlers_run()
    {
        var reached = new TaskCompletionSource();
        await using var client = new Client(Somewhere, _server.Options with { OnError = error => _errors.Enqueue(error.Message) });
        var route = client.TodosLive;
        // The compiler could convert each of these lambdas to an Action; its exception would then end the process.
        using var states = route.OnState(async change =>
        {
            await Task.Yield();
            throw new InvalidOperationException($"state {change.State}");
        });
        using var messages = route.OnMessage(async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("message");
        });
        using var binaries = route.OnBinary(async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("binary");
        });
        using var events = route.OnTodoCreated(async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("event");
        });
        using var family = client.Events.OnTopic("t", async _ => await Task.FromException(new InvalidOperationException("family")));
        using var synchronous = route.OnMessage(_ => throw new InvalidOperationException("synchronous"));
        using var last = route.OnMessage(_ => reached.TrySetResult());
        await route.ConnectAsync();
        using var socket = await _server.AcceptAsync();
        await client.Events.ConnectAsync();
        using var other = await _server.AcceptAsync();

        await ScriptedServer.SendAsync(socket, """{"connected":true}""");
        await socket.SendAsync(new byte[] { 1 }, System.Net.WebSockets.WebSocketMessageType.Binary, true, default);
        await ScriptedServer.SendAsync(socket, """{"topic":"todo-created","data":{"todo":{"id":"1","title":"x","priority":"low","completed":false,"tags":[],"userId":"u","createdAt":"2026-01-01T00:00:00Z"}}}""");
        await ScriptedServer.SendAsync(other, """{"topic":"t","data":1}""");

        await reached.Task.WaitAsync(Eventually.Patience);
        string[] expected = ["state Connecting", "state Open", "message", "binary", "event", "family", "synchronous"];
        await Eventually.Holds(() => expected.All(message => _errors.Contains(message)), $"all errors are reported: {string.Join(", ", expected.Except(_errors))}");
        Assert.Equal(PikkuState.Open, route.State);
    }

    [Theory]
    [InlineData("""{"topic":"\ud83d","data":1}""")]
    [InlineData("""{"\ud83d":1}""")]
    [InlineData("""{"error":{"name":"\ud83d"}}""")]
    [InlineData("""{"errorName":"\ud83d"}""")]
    [InlineData("""{"action":"pikku-rpc-request","id":"1","funcName":"\ud83d"}""")]
    public async Task A_message_that_is_not_valid_text_is_reported_and_the_connection_stays_open(string message)
    {
        await using var client = new Client(Somewhere, _server.Options with { OnError = error => _errors.Enqueue(error.Message) });
        var call = client.TodosLive.ListAsync();
        using var socket = await _server.AcceptAsync();
        await ScriptedServer.ReceiveAsync(socket);

        await ScriptedServer.SendAsync(socket, message);
        await ScriptedServer.SendAsync(socket, """{"action":"list","id":"p1","data":{"todos":[],"total":3}}""");

        Assert.Equal(3, (await call.WaitAsync(Eventually.Patience)).Total);
        await Eventually.Holds(() => !_errors.IsEmpty, "it is reported");
    }

    [Fact]
    public async Task Exceptions_of_cancellation_callbacks_have_no_other_effect()
    {
        await using var client = new Client(Somewhere, _server.Options with
        {
            OnOpen = (_, cancellation) =>
            {
                cancellation.Register(() => throw new InvalidOperationException("registered"));
                return Task.CompletedTask;
            },
        });
        await client.TodosLive.ConnectAsync();
        using (var socket = await _server.AcceptAsync())
            await socket.CloseOutputAsync((System.Net.WebSockets.WebSocketCloseStatus)1013, "too slow", default);

        using var next = await _server.AcceptAsync();
        await client.TodosLive.ConnectAsync().WaitAsync(Eventually.Patience);
    }
}
