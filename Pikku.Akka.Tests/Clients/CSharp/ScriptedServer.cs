using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The server of a generated client, without HTTP. The test decides what it sends.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Channel<WebSocket> _connections = Channel.CreateUnbounded<WebSocket>();
    private readonly string? _subprotocol;
    private readonly string? _pong;

    /// <param name="subprotocol">The subprotocol that the server selects.</param>
    /// <param name="pong">The answer to the first ping, which says that <c>onConnect</c> has completed; null to leave the ping to the test.</param>
    public ScriptedServer(string? subprotocol = "pikku.v1", string? pong = """{"action":"pikku-pong","ready":true}""") =>
        (_subprotocol, _pong) = (subprotocol, pong);

    public PikkuOptions Options => new() { Connect = ConnectAsync, MinDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(1) };

    /// <summary>Waits for the next connection of the client.</summary>
    public Task<WebSocket> AcceptAsync() => _connections.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);

    public static Task SendAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default).WaitAsync(Eventually.Patience);

    public static async Task<string> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var received = await socket.ReceiveAsync(buffer, default).WaitAsync(Eventually.Patience);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    public void Dispose()
    {
        _connections.Writer.Complete();
        while (_connections.Reader.TryRead(out var socket))
            socket.Dispose();
    }

    private async Task GreetAsync(WebSocket socket)
    {
        if (_pong is not null)
        {
            await ReceiveAsync(socket);
            await SendAsync(socket, _pong);
        }

        _connections.Writer.TryWrite(socket);
    }

    private async Task<WebSocket> ConnectAsync(Uri address, PikkuUpgrade upgrade, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancellationToken);
        var server = await listener.AcceptTcpClientAsync(cancellationToken);
        _ = GreetAsync(WebSocket.CreateFromStream(server.GetStream(), new WebSocketCreationOptions { IsServer = true }));
        return WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions { SubProtocol = _subprotocol });
    }
}
