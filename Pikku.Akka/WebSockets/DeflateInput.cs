namespace Pikku.Akka.WebSockets;

/// <summary>
/// Provides a compressed message to the framework's decompression, which does not say where a stream has ended. What it has read by then shows it:
/// <code>
///   message[..^2] │ message[^2] │ message[^1] 00 00 FF FF │ 01 00 00 FF FF │ (end)
///                 1             2                         3                4
/// </code>
/// Each part is read when all of the parts before it are consumed and the stream has not ended. A whole message needs exactly the last part, a final block without
/// content. A message that needs more than that has ended within a block. A message with a final block of its own (RFC 7692 §7.2.3.4) ends earlier, with its last byte but
/// one; if its final block ends before that, there is something behind it, which nobody would read.
/// </summary>
internal sealed class DeflateInput(ReadOnlyMemory<byte> message) : Stream
{
    private static readonly byte[] s_flush = [0x00, 0x00, 0xFF, 0xFF]; // RFC 7692 §7.2.2, step 1
    private static readonly byte[] s_final = [0x01, 0x00, 0x00, 0xFF, 0xFF]; // RFC 1951 §3.2.4: a final block without content

    private int _position; // in the message
    private bool _flushed;
    private bool _finished;
    private bool _wantsMore;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>True when the decompression, which has stopped reading, has used the whole message and no more.</summary>
    public bool HasEndedWell => !_wantsMore && _position >= message.Length - 1;

    public override int Read(Span<byte> buffer)
    {
        var left = message.Length - _position;
        if (left > 1)
            return Take(message.Span.Slice(_position, Math.Min(left == 2 ? 1 : left - 2, buffer.Length)), buffer);
        if (!_flushed)
        {
            _flushed = true;
            var last = left == 0 ? 0 : Take(message.Span[_position..], buffer);
            s_flush.CopyTo(buffer[last..]);
            return last + s_flush.Length;
        }

        _wantsMore = _finished;
        if (_finished)
            return 0;
        _finished = true;
        s_final.CopyTo(buffer);
        return s_final.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Take(ReadOnlySpan<byte> part, Span<byte> buffer)
    {
        part.CopyTo(buffer);
        _position += part.Length;
        return part.Length;
    }
}
