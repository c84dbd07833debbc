using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Pikku.Akka.Tests.Clients;

/// <summary>
/// Behaves like Pikku's own TypeScript client: it sends the method under the name of the route, with the data next to it. A received
/// message goes
/// to the listeners of its method, and every message goes to the listeners of all messages. There is no correlation.
/// </summary>
internal sealed class PikkuClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<string, Dictionary<string, Channel<JsonNode>>> _routes = new(StringComparer.Ordinal);
    private readonly Channel<JsonNode?> _all = Channel.CreateUnbounded<JsonNode?>();
    private readonly Channel<byte[]> _binary = Channel.CreateUnbounded<byte[]>();

    public ChannelReader<JsonNode?> All => _all.Reader;

    public ChannelReader<byte[]> Binary => _binary.Reader;

    public static async Task<PikkuClient> ConnectAsync(string address)
    {
        var client = new PikkuClient();
        await client._socket.ConnectAsync(new Uri(address), default);
        _ = client.ReceiveAsync();
        return client;
    }

    /// <summary>Adds a listener for a method of a route. Call this before sending.</summary>
    public ChannelReader<JsonNode> Listen(string route, string method)
    {
        if (!_routes.TryGetValue(route, out var methods))
            _routes.Add(route, methods = []);
        if (!methods.TryGetValue(method, out var listener))
            methods.Add(method, listener = Channel.CreateUnbounded<JsonNode>());
        return listener.Reader;
    }

    public Task SendAsync(string route, string method, JsonObject? data = null)
    {
        var message = new JsonObject { [route] = method };
        foreach (var (name, value) in data ?? [])
            message[name] = value?.DeepClone();
        return _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, default);
    }

    public Task SendBinaryAsync(byte[] bytes) => _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, default);

    public async ValueTask DisposeAsync()
    {
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        _socket.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer, default) is { MessageType: not WebSocketMessageType.Close } received)
            {
                if (received.MessageType == WebSocketMessageType.Binary)
                    _binary.Writer.TryWrite(buffer[..received.Count]);
                else if (received.Count > 0) // A message without data is ignored.
                    Dispatch(Encoding.UTF8.GetString(buffer, 0, received.Count));
            }
        }
        catch (WebSocketException)
        {
            _all.Writer.TryComplete();
        }
    }

    private void Dispatch(string text)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            _all.Writer.TryWrite(text);
            return;
        }

        foreach (var (route, methods) in _routes)
            if (json is JsonObject message && message[route] is JsonValue value && value.TryGetValue(out string? method) && methods.TryGetValue(method, out var listener))
                listener.Writer.TryWrite(message);
        _all.Writer.TryWrite(json);
    }
}
