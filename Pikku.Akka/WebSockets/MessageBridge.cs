using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Makes a connection where the server has only messages: in ASP.NET Core's TestServer there are no bytes. Another WebSocket speaks over pipes
/// in memory with ours, and hands on what comes on either side, so that an application is tested by the code that it runs on.
/// </summary>
internal sealed class MessageBridge
{
    private const int BufferSize = 16 * 1024; // parts of a message; a longer one crosses in several

    private readonly HttpContext _context;
    private readonly IHttpWebSocketFeature _server;
    private Stream? _ours;
    private Task _sent = Task.CompletedTask;

    private MessageBridge(HttpContext context, IHttpWebSocketFeature server) => (_context, _server) = (context, server);

    /// <summary>The bridge of a request whose server offers a WebSocket by itself; null for any other.</summary>
    public static MessageBridge? For(HttpContext context) =>
        context.Features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true } server ? new MessageBridge(context, server) : null;

    /// <summary>Accepts on the side of the server.</summary>
    /// <returns>Our side: the bytes of RFC 6455, as a connection would have them.</returns>
    public async Task<Stream> OpenAsync()
    {
        // The handshake has been answered: what was chosen stands in its headers.
        var subprotocol = _context.Response.Headers.SecWebSocketProtocol.ToString();
        var far = await _server.AcceptAsync(new WebSocketAcceptContext { SubProtocol = subprotocol.Length == 0 ? null : subprotocol });
        var (inbound, outbound) = (new Pipe(), new Pipe());
        var near = WebSocket.CreateFromStream(
            new DuplexStream(outbound.Reader.AsStream(), inbound.Writer.AsStream()),
            new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        _sent = PumpAsync(near, far);
        _ = Task.WhenAll(PumpAsync(far, near), _sent).ContinueWith(
            _ => near.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return _ours = new DuplexStream(inbound.Reader.AsStream(), outbound.Writer.AsStream());
    }

    /// <summary>Lets what was sent get to the other side: the server gives its WebSocket up when the request ends.</summary>
    public async Task EndAsync()
    {
        if (_ours is not null)
            await _ours.DisposeAsync();
        await _sent;
    }

    // Until one side closes, which the other is told, or is gone, which cuts the other off.
    private async Task PumpAsync(WebSocket from, WebSocket to)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (await from.ReceiveAsync(buffer, _context.RequestAborted) is var part && part.MessageType != WebSocketMessageType.Close)
                await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, _context.RequestAborted);
            await to.CloseOutputAsync(from.CloseStatus ?? WebSocketCloseStatus.Empty, from.CloseStatusDescription, _context.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            to.Abort();
        }
    }
}
