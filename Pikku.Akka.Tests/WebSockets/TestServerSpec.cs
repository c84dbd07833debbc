using System.Net.WebSockets;
using System.Text;
using Conformance.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Xunit;
using TopicName = Pikku.Akka.Tests.Clients.CSharp.Generated.TopicName;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>An application runs in ASP.NET Core's TestServer, which has no network.</summary>
public sealed class TestServerSpec : IAsyncLifetime
{
    private readonly WebApplication _app;

    public TestServerSpec()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddPikku(pikku => pikku
            .WireChannel("who", channel => channel.AllowAnonymous().MapAction("get", (IHttpContextAccessor accessor) => accessor.HttpContext?.Request.Query["u"].ToString()))
            .WireHub().WireRpc().WireRooms().WireBinary()
            .WireChannel("end", channel => channel.AllowAnonymous().MapAction("close", (IPikkuChannel me) => me.Close(CloseCode.PolicyViolation, "enough"))));
        _app = builder.Build();
        _app.MapPikku();
    }

    public Task InitializeAsync() => _app.StartAsync();

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    [Fact, Trait("Rule", "M2")]
    public async Task The_generated_client_calls_hears_and_is_called()
    {
        await using var client = Snippets.CSharpClient.InMemory(_app);
        var heard = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Events.OnTopic("news", data => heard.TrySetResult(data.GetString()));
        client.Rpc.ExposeConfirm((question, _) => Task.FromResult(new Decision { Yes = question.Text == "sure?" }));

        await client.Events.SubscribeAsync(new TopicName { Topic = "news" });
        await _app.Services.GetRequiredService<IEventHub>().PublishAsync(new Topic<string>("news"), "hello");

        Assert.Equal("hello", await heard.Task.WaitAsync(Eventually.Patience));
        Assert.True((await client.Rpc.ConfirmAsync(new Question { Text = "sure?" }))!.Yes);
    }

    [Fact, Trait("Rule", "B9")]
    public async Task Long_messages_cross_whole_in_both_directions()
    {
        using var socket = await ConnectAsync("/bin");
        var sent = new byte[300_000];
        new Random(1).NextBytes(sent);
        sent[0] = 1;

        await socket.SendAsync(sent, WebSocketMessageType.Binary, true, default);

        var (received, part) = (new MemoryStream(), new byte[7000]);
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(part.AsMemory(), default);
            received.Write(part, 0, result.Count);
        }
        while (!result.EndOfMessage);
        Assert.Equal(sent, received.ToArray());
    }

    [Fact, Trait("Rule", "I4")]
    public async Task Either_side_closes_with_its_code()
    {
        using var ended = await ConnectAsync("/end");
        await ended.SendAsync("""{"action":"close"}"""u8.ToArray(), WebSocketMessageType.Text, true, default);
        while ((await ended.ReceiveAsync(new byte[100], default)).MessageType != WebSocketMessageType.Close)
        {
        }

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "enough"), (ended.CloseStatus, ended.CloseStatusDescription));

        using var ending = await ConnectAsync("/events");
        await ending.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default).WaitAsync(Eventually.Patience);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, ending.CloseStatus);
    }

    [Fact, Trait("Rule", "I2")]
    public async Task Opening_data_and_subprotocol_are_those_of_the_request()
    {
        using var socket = await ConnectAsync("/rooms/r1?limit=5", "pikku.v1");
        var buffer = new byte[1000];
        var result = await socket.ReceiveAsync(buffer, default);

        Assert.Equal("pikku.v1", socket.SubProtocol);
        Assert.Equal("""{"openingData":{"roomId":"r1","limit":5}}""", Encoding.UTF8.GetString(buffer, 0, result.Count));
    }

    [Fact]
    public async Task A_function_sees_the_request_of_its_own_connection()
    {
        using var first = await ConnectAsync("/who?u=first");
        using var second = await ConnectAsync("/who?u=second");
        var buffer = new byte[1000];
        for (var i = 0; i < 50; i++)
        {
            foreach (var socket in (WebSocket[])[first, second, first])
                await socket.SendAsync("""{"action":"get"}"""u8.ToArray(), WebSocketMessageType.Text, true, default);
            foreach (var (socket, user) in new[] { (first, "first"), (first, "first"), (second, "second") })
            {
                var result = await socket.ReceiveAsync(buffer, default);
                Assert.Contains($"\"{user}\"", Encoding.UTF8.GetString(buffer, 0, result.Count), StringComparison.Ordinal);
            }
        }
    }

    [Fact, Trait("Rule", "E6")]
    public async Task A_refused_upgrade_is_refused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => ConnectAsync("/rooms/r1?limit=many"));

    private async Task<WebSocket> ConnectAsync(string path, string? subprotocol = null)
    {
        var client = _app.GetTestServer().CreateWebSocketClient();
        if (subprotocol is not null)
            client.SubProtocols.Add(subprotocol);
        return await client.ConnectAsync(new Uri("ws://localhost" + path), default).WaitAsync(Eventually.Patience);
    }
}
