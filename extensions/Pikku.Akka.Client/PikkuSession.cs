namespace Pikku.Akka.Clients;

/// <summary>One connection, from its opening to its end. Generated code only passes it on.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PikkuSession : IDisposable
{
    private const int BufferSize = 16 * 1024;

    // A larger buffer is released, so that one large message does not occupy memory for the life of the connection.
    private const int MaxKeptBufferSize = 256 * 1024;

    // The server uses the same timeout (pikku.connection.close-timeout).
    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(5);

    private readonly WebSocket _socket;
    private readonly int _maxMessageSize;
    private readonly TimeProvider _clock;
    private readonly PikkuLiveness _liveness;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _ended;

    internal PikkuSession(WebSocket socket, PikkuOptions options)
    {
        _socket = socket;
        _maxMessageSize = options.MaxMessageSize;
        _clock = options.Clock;
        // Without a timeout at first. The source remembers the clock for the timeout that CloseAsync sets.
        _ended = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
        Ended = _ended.Token;
        _liveness = new PikkuLiveness(options.PingInterval, _clock, () => Post("""{"action":"pikku-ping"}"""u8.ToArray()));
    }

    /// <summary>Canceled when the connection has ended.</summary>
    internal CancellationToken Ended { get; }

    /// <summary>Completes with the reason when the server no longer answers.</summary>
    internal Task<Exception> Dead => _liveness.Dead;

    /// <summary>Sends a message that has no answer. If it fails, the connection has ended, which the reading task notices.</summary>
    internal void Post(byte[] text) => _ = PostAsync(text);

    internal async Task WriteAsync(ReadOnlyMemory<byte> data, WebSocketMessageType type)
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

    /// <summary>Reads messages until the connection ends and returns the reason of its end.</summary>
    /// <param name="receive">Receives each message. The bytes are valid only during the call.</param>
    internal async Task<PikkuEnd> ReadAsync(Action<ReadOnlyMemory<byte>, WebSocketMessageType> receive)
    {
        try
        {
            var buffer = new byte[BufferSize];
            var message = new MemoryStream();
            _liveness.Start();
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), Ended).ConfigureAwait(false);
                _liveness.Hear();
                if (part.MessageType == WebSocketMessageType.Close)
                    break;
                if (message.Length + part.Count > _maxMessageSize)
                    throw new InvalidDataException($"A message of the server exceeds {_maxMessageSize} bytes.");
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                _liveness.SetBusy(true);
                receive(message.GetBuffer().AsMemory(0, (int)message.Length), part.MessageType);
                _liveness.SetBusy(false);
                message.SetLength(0);
                if (message.Capacity > MaxKeptBufferSize)
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

    /// <summary>Sends a close frame. Reading continues until the server has closed or the timeout has passed.</summary>
    internal async Task CloseAsync()
    {
        _ended.CancelAfter(s_closeTimeout);
        await SendCloseAsync().ConfigureAwait(false);
    }

    /// <summary>Releases the connection.</summary>
    public void Dispose()
    {
        // The token source is not disposed, because the application may still use its token; a canceled source holds no resources.
        try
        {
            _ended.Cancel();
        }
        catch (AggregateException)
        {
            // Thrown by a callback that the application registered with the token; it does not affect the connection.
        }

        _liveness.Dispose();
        _socket.Abort();
        _socket.Dispose();
    }

    private async Task PostAsync(byte[] text)
    {
        try
        {
            await WriteAsync(text, WebSocketMessageType.Text).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The connection has ended.
        }
    }

    private async Task SendCloseAsync()
    {
        try
        {
            using var late = new CancellationTokenSource(s_closeTimeout, _clock);
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
            // The connection is already gone.
        }
    }
}
