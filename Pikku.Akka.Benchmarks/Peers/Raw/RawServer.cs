using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text;

namespace Pikku.Akka.Benchmarks.Peers.Raw;

/// <summary>A simple loop over Kestrel and System.Net.WebSockets: the cost of a server without features.</summary>
internal static class RawServer
{
    private static readonly ConcurrentDictionary<string, ImmutableArray<RawSubscriber>> Topics = new();

    public static async Task Echo(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), default);
                if (received.MessageType == WebSocketMessageType.Close)
                    break;
                await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, default);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        catch (WebSocketException)
        {
            // The load generator disconnects without a closing handshake.
        }
    }

    public static async Task PubSub(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var me = new RawSubscriber(socket);
        string? mine = null;
        var buffer = new byte[8192];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), default);
                if (received.MessageType == WebSocketMessageType.Close)
                    break;
                if (buffer[0] == 'S')
                {
                    mine = Encoding.UTF8.GetString(buffer, 1, received.Count - 1);
                    Topics.AddOrUpdate(mine, [me], (_, all) => all.Add(me));
                    await me.Send("s"u8.ToArray());
                }
                else
                {
                    await Publish(buffer.AsMemory(0, received.Count));
                }
            }
        }
        catch (WebSocketException)
        {
            // The load generator disconnects without a closing handshake.
        }
        finally
        {
            if (mine is not null)
                Topics.AddOrUpdate(mine, [], (_, all) => all.Remove(me));
        }
    }

    private static async ValueTask Publish(Memory<byte> message)
    {
        var topic = Encoding.UTF8.GetString(message.Span[1..message.Span.IndexOf((byte)' ')]);
        message.Span[0] = (byte)'M';
        if (Topics.TryGetValue(topic, out var subscribers))
            foreach (var subscriber in subscribers)
                await subscriber.Send(message);
    }
}
