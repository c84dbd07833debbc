using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Tests.Interoperability;

/// <summary>The client of .NET.</summary>
internal sealed class DotNetClient : IForeignClient
{
    private ClientWebSocket? _socket;
    private Channel<string> _arrived = Channel.CreateUnbounded<string>();
    private Task _reading = Task.CompletedTask;
    private volatile bool _hasClosed; // the state of the socket changes only after its close frame was sent, when the answer may have arrived already

    public async Task<Handshake> OpenAsync(Uri address, string? subprotocol = null, DeflateParameters? offer = null)
    {
        await DisposeAsync();
        var socket = _socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (subprotocol is not null)
            socket.Options.AddSubProtocol(subprotocol);
        if (offer is not null)
            socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions
            {
                ServerContextTakeover = !offer.ServerNoContext,
                ClientContextTakeover = !offer.ClientNoContext,
                ServerMaxWindowBits = offer.ServerBits ?? 15,
                ClientMaxWindowBits = offer.ClientBits is { } bits and > 0 ? bits : 15,
            };
        await socket.ConnectAsync(address, default).WaitAsync(Eventually.Patience);
        (_arrived, _hasClosed) = (Channel.CreateUnbounded<string>(), false);
        _reading = ReadAsync(socket, _arrived.Writer);
        return new Handshake(socket.SubProtocol, socket.HttpResponseHeaders!.TryGetValue("Sec-WebSocket-Extensions", out var values) ? string.Join(", ", values) : null);
    }

    public async Task SendAsync(params string[] fragments)
    {
        for (var i = 0; i < fragments.Length; i++)
            await SendFrameAsync(Encoding.UTF8.GetBytes(fragments[i]), WebSocketMessageType.Text, isLast: i == fragments.Length - 1);
    }

    public Task SendBytesAsync(byte[] bytes) => SendFrameAsync(bytes, WebSocketMessageType.Binary, isLast: true);

    public Task SendAsTextAsync(byte[] bytes) => SendFrameAsync(bytes, WebSocketMessageType.Text, isLast: true);

    public Task PingAsync() => throw new NotSupportedException();

    public Task CloseAsync(int code, string reason)
    {
        _hasClosed = true;
        return _socket!.CloseOutputAsync((WebSocketCloseStatus)code, reason, default).WaitAsync(Eventually.Patience);
    }

    public Task<string> ReceiveAsync() => _arrived.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);

    public async ValueTask DisposeAsync()
    {
        _socket?.Dispose();
        await _reading;
    }

    private Task SendFrameAsync(byte[] bytes, WebSocketMessageType type, bool isLast) => _socket!.SendAsync(bytes, type, isLast, default).WaitAsync(Eventually.Patience);

    // Reads all the time, because the client answers pings only while it reads.
    private async Task ReadAsync(ClientWebSocket socket, ChannelWriter<string> arrived)
    {
        var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer, default);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    // RFC 6455 §5.5.1: answers with the same code, unless this client has closed first.
                    if (!_hasClosed)
                        await socket.CloseOutputAsync(part.CloseStatus!.Value, null, default);
                    arrived.TryWrite($"close {(int)part.CloseStatus!} {part.CloseStatusDescription}");
                    return;
                }

                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                arrived.TryWrite(part.MessageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(message.ToArray()) : $"bytes {Convert.ToHexString(message.ToArray())}");
                message.SetLength(0);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            arrived.TryComplete(e);
        }
    }
}
