using System.Buffers;
using System.Runtime.CompilerServices;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// What the framework's <see cref="System.Net.WebSockets.WebSocket"/> reads from and writes to in place of the connection. It reads through,
/// and notes when; what it writes (pongs, and a close frame when the client broke the protocol) goes into the outbox with all the rest, so
/// that a socket has one writer.
/// </summary>
internal sealed class SocketStream(Stream connection) : Stream
{
    private const int AheadSize = 4096; // what the connection's own buffers hold at a time

    private LocalChannel _channel = null!;
    private byte[]? _ahead;
    private int _aheadStart;
    private int _aheadEnd;
    private bool _expectsMore;

    /// <summary>The upgraded connection itself; the writer of the socket writes here.</summary>
    public Stream Connection => connection;

    /// <summary>The code of the close frame that the framework sent for a broken protocol; 0 when it sent none.</summary>
    public int CloseCodeSent { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Names the channel of the connection, before anything is read or written.</summary>
    public void Attach(LocalChannel channel) => _channel = channel;

    /// <summary>
    /// Reads for the framework, which asks for the size of a header at a time. Where that was not enough, more has arrived: it is taken in
    /// one go and kept until the framework has asked for all of it. An idle socket keeps nothing.
    /// </summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ahead is not null)
            return new ValueTask<int>(TakeAhead(buffer));
        return _expectsMore && buffer.Length < AheadSize ? ReadAheadAsync(buffer, cancellationToken) : ReadThroughAsync(buffer, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // one is made for each read of each socket
    private async ValueTask<int> ReadThroughAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await connection.ReadAsync(buffer, cancellationToken);
        _expectsMore = read == buffer.Length && read > 0;
        _channel.LastReceived = _channel.Runtime.Clock.GetTimestamp();
        return read;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAheadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _expectsMore = false;
        // Completes when there is something: no buffer is held until then.
        _ = await connection.ReadAsync(Memory<byte>.Empty, cancellationToken);
        var ahead = ArrayPool<byte>.Shared.Rent(AheadSize);
        try
        {
            _aheadEnd = await connection.ReadAsync(ahead, cancellationToken);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(ahead);
            throw;
        }

        _expectsMore = _aheadEnd == ahead.Length;
        _channel.LastReceived = _channel.Runtime.Clock.GetTimestamp();
        _ahead = ahead;
        _aheadStart = 0;
        return TakeAhead(buffer);
    }

    private int TakeAhead(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _aheadEnd - _aheadStart);
        _ahead.AsSpan(_aheadStart, count).CopyTo(buffer.Span);
        _aheadStart += count;
        if (_aheadStart == _aheadEnd)
        {
            ArrayPool<byte>.Shared.Return(_ahead!);
            _ahead = null;
        }

        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The framework writes whole frames, and reuses the buffer once this returns.
        var frame = OutboundFrame.Copy(buffer.Span);
        if (FrameEncoder.IsClose(buffer.Span))
        {
            CloseCodeSent = FrameEncoder.CloseCodeOf(buffer.Span);
            _channel.Outbox.Complete(frame);
        }
        else
        {
            _channel.Outbox.Add(frame);
        }

        return default;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().Wait();
}
