using System.Net.WebSockets;

namespace Pikku.Akka.Benchmarks.Peers.Raw;

/// <summary>A socket that several publishers write to, one at a time.</summary>
internal sealed class RawSubscriber(WebSocket socket)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async ValueTask Send(ReadOnlyMemory<byte> message)
    {
        await _turn.WaitAsync();
        try
        {
            if (socket.State == WebSocketState.Open)
                await socket.SendAsync(message, WebSocketMessageType.Text, true, default);
        }
        catch (WebSocketException)
        {
            // The client is gone; its own loop ends.
        }
        finally
        {
            _turn.Release();
        }
    }
}
