using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The trace context that the generated client sends when it is asked to.</summary>
[Trait("Rule", "U6")]
public sealed class TraceContextSpec : IDisposable
{
    private readonly ScriptedServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task An_action_and_a_stream_carry_the_context_of_the_current_activity()
    {
        await using var client = new Client(new Uri("ws://example.com"), _server.Options with { SendTraceContext = true });
        await client.Boards.ConnectAsync();
        using var socket = await _server.AcceptAsync();

        _ = client.Boards.LogoutAsync();
        Assert.Equal((null, null), await NextAsync(socket));

        using var span = new Activity("client").SetIdFormat(ActivityIdFormat.W3C).Start();
        span.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        _ = client.Boards.LogoutAsync();
        Assert.Equal((span.Id, null), await NextAsync(socket));
        span.TraceStateString = "a=1";
        await using var items = client.Boards.CountAsync(new CountInput { To = 2 }).GetAsyncEnumerator();
        _ = items.MoveNextAsync().AsTask();
        Assert.Equal((span.Id, "a=1"), await NextAsync(socket));
    }

    [Fact]
    public async Task Without_the_option_no_message_carries_one()
    {
        await using var client = new Client(new Uri("ws://example.com"), _server.Options);
        await client.Boards.ConnectAsync();
        using var socket = await _server.AcceptAsync();
        using var span = new Activity("client").SetIdFormat(ActivityIdFormat.W3C).Start();

        _ = client.Boards.LogoutAsync();

        Assert.Equal((null, null), await NextAsync(socket));
    }

    private static async Task<(string? Parent, string? State)> NextAsync(WebSocket socket)
    {
        var message = JsonElement.Parse(await ScriptedServer.ReceiveAsync(socket));
        return (Read("traceparent"), Read("tracestate"));

        string? Read(string name) => message.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
