using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Pikku.Akka.Tests.Conformance;

namespace Pikku.Akka.Tests.Docs;

/// <summary>Helpers for the specs of the documentation.</summary>
internal static class ScenarioClientExtensions
{
    public static Task SendAsync(this ScenarioClient client, string text) =>
        client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public static async Task<JsonElement> NextJsonAsync(this ScenarioClient client) => (await client.NextAsync()).Json();

    public static async Task<string?> NextTextAsync(this ScenarioClient client) => (await client.NextAsync()).Text;
}
