using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>No message of a server breaks the client.</summary>
[Trait("Rule", "M2")]
public sealed class HostileServerSpec : IDisposable
{
    private static readonly Uri Somewhere = new("ws://example.com");

    private readonly ScriptedServer _server = new();
    private readonly ConcurrentQueue<Exception> _errors = new();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":{},"error":7}""")]
    [InlineData("""{"id":"p99","data":1}""")]
    [InlineData("""{"topic":"t","data":null}""")]
    [InlineData("""{"topic":5,"data":null}""")]
    [InlineData("""{"error":{"name":5,"status":"x","details":[1,{"path":2}]}}""")]
    [InlineData("""{"action":"pikku-rpc-request"}""")]
    [InlineData("""{"action":"pikku-rpc-request","id":[1],"funcName":{}}""")]
    [InlineData("""{"connected":"not a boolean"}""")]
    public async Task Calls_are_answered_after_any_message(string text)
    {
        await using var client = new Client(Somewhere, _server.Options with { OnError = _errors.Enqueue });
        using var handler = client.TodosLive.OnMessage(_ => throw new InvalidOperationException("a handler"));
        using var events = client.TodosLive.OnTodoCreated(_ => { });
        var call = client.TodosLive.ListAsync();
        using var socket = await _server.AcceptAsync();
        var request = JsonSerializer.Deserialize<JsonElement>(await ScriptedServer.ReceiveAsync(socket));

        await ScriptedServer.SendAsync(socket, text);
        await ScriptedServer.SendAsync(socket, $$$"""{"action":"list","id":{{{request.GetProperty("id").GetRawText()}}},"data":{"todos":[],"total":3}}""");

        Assert.Equal(3, (await call.WaitAsync(Eventually.Patience)).Total);
        Assert.Equal(PikkuState.Open, client.TodosLive.State);
    }

    [Fact]
    public async Task A_reply_of_another_type_fails_only_its_call()
    {
        await using var client = new Client(Somewhere, _server.Options);
        var call = client.TodosLive.ListAsync();
        using var socket = await _server.AcceptAsync();
        await ScriptedServer.ReceiveAsync(socket);
        await ScriptedServer.SendAsync(socket, """{"action":"list","id":"p1","data":{"todos":7}}""");
        await Assert.ThrowsAsync<JsonException>(() => call);
        Assert.Equal(PikkuState.Open, client.TodosLive.State);
    }

    [Fact]
    public async Task An_open_call_fails_with_its_connection_and_the_next_call_succeeds()
    {
        await using var client = new Client(Somewhere, _server.Options);
        var call = client.TodosLive.ListAsync();
        using (var socket = await _server.AcceptAsync())
        {
            await ScriptedServer.ReceiveAsync(socket);
            await socket.CloseOutputAsync((WebSocketCloseStatus)1013, "too slow", default);
            Assert.Equal(1013, (await Assert.ThrowsAsync<PikkuConnectionLostException>(() => call)).Code);
        }

        using var next = await _server.AcceptAsync();
        await client.TodosLive.ConnectAsync().WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task A_message_above_the_limit_ends_the_connection()
    {
        await using var client = new Client(Somewhere, _server.Options with { MaxMessageSize = 100, MaxAttempts = 0 });
        await client.TodosLive.ConnectAsync();
        var closed = new TaskCompletionSource<PikkuStateChange>();
        using var states = client.TodosLive.OnState(change =>
        {
            if (change.State == PikkuState.Closed)
                closed.TrySetResult(change);
        });
        using var socket = await _server.AcceptAsync();
        await ScriptedServer.SendAsync(socket, new string('x', 101));
        Assert.IsType<InvalidDataException>((await closed.Task.WaitAsync(Eventually.Patience)).Error);
    }

    [Fact]
    public async Task Another_subprotocol_closes_the_route()
    {
        using var server = new ScriptedServer(null);
        await using var client = new Client(Somewhere, server.Options);
        await Assert.ThrowsAsync<PikkuClosedException>(() => client.TodosLive.ConnectAsync().WaitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task A_client_that_is_disposed_closes_with_1000()
    {
        await using var client = new Client(Somewhere, _server.Options);
        await client.TodosLive.ConnectAsync();
        using var socket = await _server.AcceptAsync();
        await client.DisposeAsync();
        await ScriptedServer.ReceiveAsync(socket);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }
}
