using System.Net.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>One WebSocket of a scenario.</summary>
internal sealed class ScenarioClient : ScenarioPeer
{
    private readonly ClientWebSocket _socket = new();
    private Task<WebSocketCloseStatus?> _closed = Task.FromResult<WebSocketCloseStatus?>(null);

    private ScenarioClient() { }

    public static async Task<ScenarioClient> OpenAsync(Uri address, IReadOnlyDictionary<string, string> headers, string? protocol)
    {
        var client = new ScenarioClient();
        foreach (var (name, value) in headers)
            client._socket.Options.SetRequestHeader(name, value);
        if (protocol is not null)
            client._socket.Options.AddSubProtocol(protocol);

        using var patience = new CancellationTokenSource(Patience);
        await client._socket.ConnectAsync(address, patience.Token);
        Assert.Equal(protocol, client._socket.SubProtocol);
        client._closed = client.ReceiveAsync();
        return client;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.SendAsync(message, type, endOfMessage: true, patience.Token);
    }

    /// <inheritdoc/>
    public override async Task CloseAsync(WebSocketCloseStatus? code)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.CloseOutputAsync(code!.Value, null, patience.Token);
        await _closed.WaitAsync(Patience);
        AssertNothingLeft();
    }

    /// <summary>Returns the code with which the server closes the connection.</summary>
    public Task<WebSocketCloseStatus?> ClosedAsync() => _closed.WaitAsync(Patience);

    public override async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _closed;
        _socket.Dispose();
    }

    private async Task<WebSocketCloseStatus?> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    if (_socket.State == WebSocketState.CloseReceived)
                        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    return _socket.CloseStatus;
                }

                message.Write(buffer.AsSpan(0, part.Count));
                if (!part.EndOfMessage)
                    continue;

                Receive(new ReceivedFrame(message.ToArray(), part.MessageType == WebSocketMessageType.Binary));
                message.SetLength(0);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // A receive on a socket that was aborted in the meantime fails with "not connected". Without a close frame the code is 1006
            // (RFC 6455 §7.1.5); with one, only our answer to it was too late.
            return _socket.CloseStatus ?? (WebSocketCloseStatus)1006;
        }
        finally
        {
            EndInbox();
        }
    }

    protected override async Task<string> DescribeEndAsync() => $"The connection was closed with {await _closed:D}.";
}
