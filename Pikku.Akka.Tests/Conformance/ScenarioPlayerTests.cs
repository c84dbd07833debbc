using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>Verifies that the player detects failures, by playing against a server that only echoes.</summary>
public sealed class ScenarioPlayerTests
{
    private const string Open = """{"open":"A","path":"/"}""";

    [Theory]
    [InlineData("""{"send":"A","text":"{\"a\":1,\"b\":[1]}"}""", """{"expect":"A","json":{"b":[1],"a":1}}""")]
    [InlineData("""{"send":"A","text":"{\"a\":1,\"b\":[{\"c\":1,\"d\":2}]}"}""", """{"expect":"A","match":{"b":[{"c":1}]}}""")]
    [InlineData("""{"send":"A","text":"null"}""", """{"expect":"A","json":null}""")]
    [InlineData("""{"send":"A","text":"plain"}""", """{"expect":"A","text":"plain"}""")]
    [InlineData("""{"send":"A","hex":"00ff"}""", """{"expect":"A","hex":"00ff"}""")]
    [InlineData("""{"send":"A","repeat":{"prefix":"[\"","char":"a","count":3,"suffix":"\"]"}}""", """{"expect":"A","json":["aaa"]}""")]
    [InlineData("""{"send":"A","template":{"a":1}}""", """{"expect":"A","json":{"a":1}}""")]
    [InlineData("""{"silent":"A"}""", """{"close":"A","code":1000}""")]
    [InlineData("""{"send":"A","text":"close"}""", """{"closed":"A","code":1008}""")]
    [InlineData("""{"rejected":"/nowhere","status":404}""", """{"rejected":"/","status":101}""")]
    public async Task Accepts_frames_that_match_a_step(params string[] steps) => await PlayAsync(steps);

    [Theory]
    [InlineData("""{"send":"A","text":"{\"a\":1,\"b\":2}"}""", """{"expect":"A","json":{"a":1}}""")]
    [InlineData("""{"send":"A","text":"{\"a\":1,\"a\":1}"}""", """{"expect":"A","json":{"a":1}}""")]
    [InlineData("""{"send":"A","text":"[1,2]"}""", """{"expect":"A","match":[1]}""")]
    [InlineData("""{"send":"A","text":"{\"a\":1}"}""", """{"expect":"A","match":{"b":1}}""")]
    [InlineData("""{"send":"A","text":"\"00\""}""", """{"expect":"A","hex":"00"}""")]
    [InlineData("""{"send":"A","hex":"00"}""", """{"expect":"A","text":"\u0000"}""")]
    [InlineData("""{"send":"A","text":"1"}""", """{"silent":"A"}""")]
    [InlineData("""{"send":"A","text":"1"}""", """{"close":"A","code":1000}""")]
    [InlineData("""{"send":"A","text":"close"}""", """{"closed":"A","code":1000}""")]
    [InlineData("""{"send":"A","text":"close"}""", """{"expect":"A","json":1}""")]
    [InlineData("""{"rejected":"/nowhere","status":401}""", """{"silent":"A"}""")]
    [InlineData("""{"open":"B","path":"/nowhere"}""", """{"silent":"A"}""")]
    [InlineData("""{"open":"B","path":"/","protocol":"pikku.v1"}""", """{"silent":"A"}""")]
    public async Task Rejects_all_other_frames(params string[] steps) =>
        await Assert.ThrowsAsync<ScenarioFailedException>(() => PlayAsync(steps));

    private static async Task PlayAsync(string[] steps)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Map("/", EchoAsync);
        await app.StartAsync();

        await using var stage = new ScenarioStage(new Uri(app.Urls.Single()));
        await new ScenarioFile("player", [], "the player itself", [.. steps.Prepend(Open).Select(step => JsonElement.Parse(step))]).PlayAsync(stage);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
            {
                if (buffer.AsSpan(0, message.Count).SequenceEqual("close"u8))
                    await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, null, context.RequestAborted);
                else
                    await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
            }

            if (socket.State == WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // A failed scenario ends without a closing handshake.
        }
    }
}
