using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Tests.EventStreams;

/// <summary>
/// A client with the rules of <c>PikkuRealtime</c>, which Pikku generates (<c>docs/protocol.md</c>, Pikku's realtime feature): it dispatches every frame that has a string
/// <c>topic</c> to the handlers of that topic and ignores all other frames, and subscribes to all topics of its handlers whenever its socket opens.
/// </summary>
internal sealed class RealtimeClient(Uri address) : IDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _topics = [];
    private TextClient? _socket;

    /// <summary>The frames that it has ignored.</summary>
    public ConcurrentQueue<string> Ignored { get; } = [];

    /// <summary>Adds a handler, and subscribes if the socket is open.</summary>
    /// <returns>What the handler receives.</returns>
    public async Task<ConcurrentQueue<string>> SubscribeAsync(string topic)
    {
        var events = _topics.GetOrAdd(topic, _ => []);
        if (_socket is not null)
            await SendAsync("subscribe", topic);
        return events;
    }

    /// <summary>Removes the handlers of a topic.</summary>
    public async Task UnsubscribeAsync(string topic)
    {
        _topics.TryRemove(topic, out _);
        await SendAsync("unsubscribe", topic);
    }

    /// <summary>Connects, and subscribes to all topics that have handlers.</summary>
    public async Task OpenAsync()
    {
        _socket = await TextClient.Connect(address);
        foreach (var topic in _topics.Keys)
            await SendAsync("subscribe", topic);
    }

    /// <summary>Handles the next frame. Connects again when the socket has been closed.</summary>
    public async Task HandleNextAsync()
    {
        if (await _socket!.Receive() is not { } frame)
        {
            _socket.Dispose();
            await OpenAsync();
            return;
        }

        if (TopicOf(frame) is { } topic && _topics.TryGetValue(topic, out var events))
            events.Enqueue(JsonDocument.Parse(frame).RootElement.GetProperty("data").GetRawText());
        else
            Ignored.Enqueue(frame);
    }

    /// <summary>The data of a block of an event stream, as the client reads it: the lines that begin with <c>data:</c>; null for a block without data.</summary>
    public static string? DataOf(string block)
    {
        var lines = block.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line["data:".Length..].TrimStart()).ToArray();
        return lines.Length == 0 ? null : string.Join('\n', lines);
    }

    /// <summary>The topic to whose handlers the client gives a frame; null for a frame that it ignores.</summary>
    public static string? TopicOf(string frame) =>
        JsonNode.Parse(frame) is JsonObject payload && payload["topic"] is JsonValue value && value.TryGetValue(out string? topic) ? topic : null;

    public void Dispose() => _socket?.Dispose();

    private Task SendAsync(string action, string topic) => _socket!.Send(new JsonObject { ["action"] = action, ["topic"] = topic }.ToJsonString());
}
