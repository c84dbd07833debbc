using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The messages of a server about the topic <c>board:7</c>.</summary>
internal static class TopicScript
{
    public const string Topic = "board:7";

    /// <summary>Reads and writes the types of the client, and other types of the topic with reflection.</summary>
    public static PikkuJson Json { get; } = new(
        JsonTypeInfoResolver.Combine(PikkuJsonContext.Default, new DefaultJsonTypeInfoResolver()), 64,
        new PikkuPresenceChangeConverter<string>(), new PikkuPresenceChangeConverter<int>(), new PikkuEntryChangeConverter<int>());

    /// <summary>Reads a subscribe and returns its id and its position.</summary>
    public static async Task<(string Id, string? Since)> ExpectSubscribeAsync(WebSocket socket)
    {
        var (id, data) = await ExpectAsync(socket, "pikku-subscribe");
        return (id, data.TryGetProperty("since", out var since) ? since.GetString() : null);
    }

    public static async Task<string> ExpectUnsubscribeAsync(WebSocket socket) => (await ExpectAsync(socket, "pikku-unsubscribe")).Id;

    /// <summary>Reads a subscribe, verifies its position and sends the reply.</summary>
    public static async Task ReplyAsync(WebSocket socket, string? expectedSince, string reply)
    {
        var (id, since) = await ExpectSubscribeAsync(socket);
        Assert.Equal(expectedSince, since);
        await AnswerAsync(socket, id, reply);
    }

    /// <summary>Sends the reply to a subscribe that was read before.</summary>
    public static Task AnswerAsync(WebSocket socket, string id, string reply) =>
        ScriptedServer.SendAsync(socket, $$$"""{"action":"pikku-subscribe","id":{{{id}}},"data":{"subscribed":"{{{Topic}}}",{{{reply}}}}}""");

    public static Task FailAsync(WebSocket socket, string id, int status) =>
        ScriptedServer.SendAsync(socket, $$$"""{"action":"pikku-subscribe","id":{{{id}}},"error":{"name":"SomeError","status":{{{status}}},"message":"No."}}""");

    /// <summary>Sends an event; without a number if the topic keeps no history.</summary>
    public static Task EventAsync(WebSocket socket, int data, string? at = null) =>
        ScriptedServer.SendAsync(socket, $$"""{"topic":"{{Topic}}","data":{{data}}{{(at is null ? "" : $",\"at\":\"{at}\"")}}}""");

    public static Task TickAsync(WebSocket socket, string at) => ScriptedServer.SendAsync(socket, $$"""{"topic":"{{Topic}}","at":"{{at}}"}""");

    public static Task RefreshAsync(WebSocket socket, string position) =>
        ScriptedServer.SendAsync(socket, $$"""{"topic":"{{Topic}}","position":"{{position}}"}""");

    private static async Task<(string Id, JsonElement Data)> ExpectAsync(WebSocket socket, string action)
    {
        var message = JsonElement.Parse(await ScriptedServer.ReceiveAsync(socket));
        var data = message.GetProperty("data");
        Assert.Equal((action, Topic), (message.GetProperty("action").GetString(), data.GetProperty("topic").GetString()));
        return (message.GetProperty("id").GetRawText(), data);
    }
}
