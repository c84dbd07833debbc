using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// The message that is being read, from its first frame to its last. It validates text as it arrives, and its buffer grows with the received bytes and not with
/// the announced length. A mutable struct, because each connection has one; one caller at a time.
/// </summary>
internal struct PartialMessage
{
    private const int Growth = 4; // the buffer grows to the announced length, but at most to this multiple of the received bytes

    private int _opcode; // 0 when no message is being read
    private byte[]? _buffer;
    private int _validated;
    private bool _isCompressed;

    /// <summary>True while a message is being read.</summary>
    public readonly bool IsOpen => _opcode != 0;

    /// <summary>True when the message is text.</summary>
    public readonly bool IsText => _opcode == Opcode.Text;

    /// <summary>True when the message is compressed.</summary>
    public readonly bool IsCompressed => _isCompressed;

    /// <summary>The number of frames so far.</summary>
    public int Fragments { get; private set; }

    /// <summary>The number of received bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Begins a message with its first frame.</summary>
    public void Begin(int opcode, bool isCompressed)
    {
        _opcode = opcode;
        _isCompressed = isCompressed;
        Fragments = 1;
        Length = _validated = 0;
    }

    /// <summary>Continues the message with its next frame.</summary>
    public void Continue() => Fragments++;

    /// <summary>Appends a part of a payload.</summary>
    /// <param name="part">The masked bytes.</param>
    /// <param name="mask">The mask, aligned to the first of these bytes.</param>
    /// <param name="announced">The length of the message as far as it has been announced, this part included; the limit of messages when other frames follow.</param>
    /// <returns>False when the message is text and the bytes are not valid UTF-8.</returns>
    public bool TryAppend(ReadOnlySpan<byte> part, uint mask, long announced)
    {
        Reserve(part.Length, announced);
        FrameMask.Remove(part, _buffer.AsSpan(Length), mask);
        Length += part.Length;
        return !IsText || _isCompressed || IsValidSoFar();
    }

    /// <summary>Ends the message after its last frame. A compressed message is inflated now.</summary>
    /// <param name="maxMessage">The largest message, in bytes.</param>
    /// <param name="outcome">The kind of the message.</param>
    /// <returns>The violation; null for none.</returns>
    public FrameViolation? End(int maxMessage, out ReadOutcome outcome)
    {
        outcome = IsText ? ReadOutcome.Text : ReadOutcome.Binary;
        if (_isCompressed && Inflate(maxMessage) is { } violation)
            return violation;
        if (IsText && _validated != Length)
            return FrameViolation.TextNotUtf8;
        _opcode = 0;
        return null;
    }

    /// <summary>Takes the complete message. The caller owns the buffer, which is from <see cref="MessageBuffers"/>.</summary>
    public byte[] Take(out int length)
    {
        var buffer = _buffer ?? MessageBuffers.Rent(MessageBuffers.UsualSize);
        length = Length;
        _buffer = null;
        return buffer;
    }

    /// <summary>Returns the buffer to the pool.</summary>
    public void Release()
    {
        if (_buffer is not null)
            MessageBuffers.Return(_buffer);
        _buffer = null;
    }

    private FrameViolation? Inflate(int maxMessage)
    {
        var violation = MessageInflater.Inflate(_buffer.AsMemory(0, Length), maxMessage, out var inflated, out var length);
        if (violation is not null)
            return violation;
        Release();
        (_buffer, Length) = (inflated, length);
        return !IsText || IsValidSoFar() ? null : FrameViolation.TextNotUtf8;
    }

    private bool IsValidSoFar()
    {
        var more = Utf8Prefix.Validate(_buffer.AsSpan(_validated, Length - _validated));
        _validated += more;
        return more >= 0;
    }

    // A message that has been received completely gets a buffer of its size.
    private void Reserve(int count, long announced)
    {
        var needed = Length + count;
        if (_buffer is null)
        {
            _buffer = MessageBuffers.Rent(Math.Max(needed, MessageBuffers.UsualSize));
        }
        else if (_buffer.Length < needed)
        {
            var larger = MessageBuffers.Rent((int)Math.Max(needed, Math.Min(announced, (long)Length * Growth)));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            MessageBuffers.Return(_buffer);
            _buffer = larger;
        }
    }
}
