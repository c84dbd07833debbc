namespace Pikku.Clients;

/// <summary>One connection, from its opening to its end.</summary>
internal sealed class PikkuSession : IDisposable
{
    private const int BufferSize = 16 * 1024;

    // One large message should not keep its memory for the life of the connection.
    private const int KeptSize = 256 * 1024;

    // The server gives itself as long (pikku.connection.close-timeout).
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly WebSocket _socket;
    private readonly int _maxMessageSize;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _ended = new();

    public PikkuSession(WebSocket socket, int maxMessageSize)
    {
        _socket = socket;
        _maxMessageSize = maxMessageSize;
        Ended = _ended.Token;
    }

    /// <summary>Fires when the connection has ended.</summary>
    public CancellationToken Ended { get; }

    public async Task WriteAsync(ReadOnlyMemory<byte> data, WebSocketMessageType type)
    {
        await _writing.WaitAsync(Ended).ConfigureAwait(false);
        try
        {
            await _socket.SendAsync(data, type, true, Ended).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Reads until the connection ends, and says how it did.</summary>
    /// <param name="receive">Gets each message; the bytes are its only while it runs.</param>
    public async Task<PikkuEnd> ReadAsync(Action<ReadOnlyMemory<byte>, WebSocketMessageType> receive)
    {
        try
        {
            var buffer = new byte[BufferSize];
            var message = new MemoryStream();
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), Ended).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                    break;
                if (message.Length + part.Count > _maxMessageSize)
                    throw new InvalidDataException($"A message of the server is longer than {_maxMessageSize} bytes.");
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                receive(message.GetBuffer().AsMemory(0, (int)message.Length), part.MessageType);
                message.SetLength(0);
                if (message.Capacity > KeptSize)
                    message.Capacity = 0;
            }

            var end = new PikkuEnd((int?)_socket.CloseStatus, _socket.CloseStatusDescription, null);
            if (_socket.State == WebSocketState.CloseReceived)
                await SendCloseAsync().ConfigureAwait(false);
            return end;
        }
        catch (Exception e)
        {
            return new PikkuEnd(1006, null, e);
        }
    }

    /// <summary>Closes from this side; whoever reads goes on until the server has closed too, or for long enough.</summary>
    public async Task CloseAsync()
    {
        _ended.CancelAfter(s_patience);
        await SendCloseAsync().ConfigureAwait(false);
    }

    /// <summary>Lets go of it.</summary>
    public void Dispose()
    {
        // The source itself is not disposed: who still holds the token may look at it, and it has nothing to dispose once it was cancelled.
        try
        {
            _ended.Cancel();
        }
        catch (AggregateException)
        {
            // Thrown by what functions of the application registered with the token, and none of the connection's business.
        }

        _socket.Abort();
        _socket.Dispose();
    }

    private async Task SendCloseAsync()
    {
        try
        {
            using var late = new CancellationTokenSource(s_patience);
            await _writing.WaitAsync(late.Token).ConfigureAwait(false);
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, late.Token).ConfigureAwait(false);
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // It is gone already.
        }
    }
}
