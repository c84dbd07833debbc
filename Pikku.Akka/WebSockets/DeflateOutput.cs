namespace Pikku.Akka.WebSockets;

/// <summary>Receives compressed bytes in memory of a fixed size, and discards those for which there is no room.</summary>
internal sealed class DeflateOutput(Memory<byte> room) : Stream
{
    private int _length;
    private bool _isClosed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Discards all further bytes, such as the end of the compressed stream.</summary>
    /// <returns>The number of written bytes; 0 when there was not enough room.</returns>
    public int Finish()
    {
        var isFull = _isClosed;
        _isClosed = true;
        return isFull ? 0 : _length;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _isClosed |= buffer.Length > room.Length - _length;
        if (_isClosed)
            return;
        buffer.CopyTo(room.Span[_length..]);
        _length += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
