using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Creates a byte connection for a server that has only messages, such as TestServer of ASP.NET Core. A second WebSocket is connected to ours through pipes in
/// memory, and messages are forwarded in both directions, so that applications are tested with the production code.
/// </summary>
internal sealed class MessageBridge
{
    private const int BufferSize = 16 * 1024; // a longer message is forwarded in several parts

    private readonly HttpContext _context;
    private readonly IHttpWebSocketFeature _server;
    private PipeReader? _input;
    private PipeWriter? _output;
    private Task _sent = Task.CompletedTask;

    private MessageBridge(HttpContext context, IHttpWebSocketFeature server) => (_context, _server) = (context, server);

    /// <summary>Returns a bridge for a request whose server provides its own WebSocket; null for any other request.</summary>
    public static MessageBridge? For(HttpContext context) =>
        context.Features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true } server ? new MessageBridge(context, server) : null;

    /// <summary>Accepts the WebSocket of the server.</summary>
    /// <returns>Our side of the bridge: the bytes of RFC 6455, like those of a connection.</returns>
    public async Task<(PipeReader Input, PipeWriter Output)> OpenAsync()
    {
        // The handshake has been answered, so the response headers contain the chosen subprotocol.
        var subprotocol = _context.Response.Headers.SecWebSocketProtocol.ToString();
        var far = await _server.AcceptAsync(new WebSocketAcceptContext { SubProtocol = subprotocol.Length == 0 ? null : subprotocol });
        var (inbound, outbound) = (new Pipe(), new Pipe());
        var near = WebSocket.CreateFromStream(
            new DuplexStream(outbound.Reader.AsStream(), inbound.Writer.AsStream()),
            new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        _sent = PumpAsync(near, far);
        _ = Task.WhenAll(PumpAsync(far, near), _sent).ContinueWith(
            _ => near.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        (_input, _output) = (inbound.Reader, outbound.Writer);
        return (_input, _output);
    }

    /// <summary>Waits until sent messages have been forwarded, because the server disposes its WebSocket when the request ends.</summary>
    public async Task EndAsync()
    {
        if (_input is not null && _output is not null)
        {
            await _input.CompleteAsync();
            await _output.CompleteAsync();
        }

        await _sent;
    }

    // Forwards messages until one side closes, which closes the other side, or fails, which aborts the other side.
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
