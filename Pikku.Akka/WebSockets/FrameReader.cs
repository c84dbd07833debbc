using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Reads the frames of one client (RFC 6455, server side): takes bytes in pieces of any size, and returns messages and control frames. Validates each byte as early
/// as possible, and allocates memory only for received bytes. Does not depend on sockets; one caller at a time.
/// </summary>
/// <remarks>
/// After a violation, the content of further frames is ignored (§7.1.7). The reader only skips frames until it finds the close frame that answers the server's
/// close frame: if a connection were closed with unread bytes, TCP would reset it, and the client might never receive the reason.
/// </remarks>
/// <param name="maxMessage">The largest message, in bytes.</param>
/// <param name="maxFragments">The maximum number of frames of a message.</param>
internal sealed class FrameReader(int maxMessage, int maxFragments) : IDisposable
{
    /// <summary>§7.1.5: represents a close frame without a code.</summary>
    public const int NoCode = 1005;

    private const int Fin = 0x80;
    private const int ReservedBits = 0x70;
    private const int OpcodeBits = 0x0F;
    private const int ControlBit = 0x08; // §5.5

    private const int Continuation = 0;
    private const int Text = 1;
    private const int Binary = 2;
    private const int Close = 8;
    private const int Ping = 9;
    private const int Pong = 10;

    private const int Growth = 4; // the buffer grows to the announced length, but at most to this multiple of the received bytes

    // The received part of an incomplete header.
    private HeaderBytes _partialHeader;
    private int _partialHeaderLength;

    // The frame whose payload is being read.
    private bool _inPayload;
    private byte _first;
    private uint _mask;
    private ulong _remaining;

    // The message that is being read; its opcode is 0 when there is none.
    private int _message;
    private int _fragments;
    private byte[]? _buffer;
    private int _length;
    private int _validated;

    // The control frame that is being read: the headroom for its answer, and the payload.
    private byte[]? _control;
    private int _controlLength;

    private bool _closed;

    /// <summary>The violation of the client; null for none.</summary>
    public FrameViolation? Violation { get; private set; }

    /// <summary>The code of the client's close frame; 1005 when the frame has none.</summary>
    public int CloseCode { get; private set; } = NoCode;

    /// <summary>True when no message or frame is incomplete.</summary>
    public bool IsBetweenMessages => !_inPayload && _partialHeaderLength == 0 && _message == 0;

    /// <summary>Reads until the next message, control frame or violation, or to the end of the input.</summary>
    /// <param name="input">The received bytes.</param>
    /// <param name="consumed">The number of bytes that were read. The caller passes the others again.</param>
    public ReadOutcome Read(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        if (Violation is not null || _closed)
            return SkipFrames(input, ref consumed);
        while (true)
        {
            if (!_inPayload)
            {
                if (!TryReadHeader(input, ref consumed, out var first, out var header))
                    return Violation is null ? ReadOutcome.NeedsMore : ReadOutcome.Violation;
                BeginFrame(first, header);
            }

            var part = PayloadIn(input[consumed..]);
            if (!part.IsEmpty)
            {
                consumed += part.Length;
                if (!TryAppend(part))
                    return Fail(FrameViolation.TextNotUtf8);
            }

            if (_remaining > 0)
                return ReadOutcome.NeedsMore;
            _inPayload = false;
            if (EndFrame() is not ReadOutcome.NeedsMore and var outcome)
                return outcome;
        }
    }

    /// <summary>Takes the message that has just been read. The caller owns the buffer, which is from <see cref="MessageBuffers"/>.</summary>
    public byte[] TakeMessage(out int length)
    {
        var buffer = _buffer ?? MessageBuffers.Rent(MessageBuffers.UsualSize);
        length = _length;
        _buffer = null;
        return buffer;
    }

    /// <summary>Takes the answer to the ping that has just been read.</summary>
    public EncodedMessage TakePong()
    {
        var pong = new EncodedMessage(_control!, EncodedMessage.HeadroomSize, _controlLength, MessageKind.Pong) { Pooled = true, HasHeadroom = true };
        _control = null;
        return pong;
    }

    /// <summary>Records a violation of a rule that the reader does not check. Further frames are skipped.</summary>
    /// <returns>The outcome that <see cref="Read"/> returns for its own violations.</returns>
    public ReadOutcome Fail(FrameViolation violation)
    {
        Violation = violation;
        Release();
        return ReadOutcome.Violation;
    }

    /// <summary>Returns the buffers to the pool.</summary>
    public void Dispose() => Release();

    // No byte of a violating header is consumed, because its frame is skipped like the frames after it.
    private bool TryReadHeader(ReadOnlySpan<byte> input, ref int consumed, out byte first, out FrameHeader header)
    {
        var bytes = NextHeader(input[consumed..]);
        first = bytes.IsEmpty ? default : bytes[0];
        header = default;
        // Violations in the first bytes are detected before the header is complete.
        if (Violation is null && FindViolation(bytes) is { } violation)
        {
            Fail(violation);
            return false;
        }

        if (!FrameHeader.TryRead(bytes, out header))
        {
            if (_partialHeaderLength == 0)
                bytes.CopyTo(_partialHeader);
            _partialHeaderLength = bytes.Length;
            consumed = input.Length;
            return false;
        }

        consumed += header.Size - _partialHeaderLength;
        _partialHeaderLength = 0;
        return true;
    }

    // Returns the next header, including its bytes from earlier input.
    private ReadOnlySpan<byte> NextHeader(ReadOnlySpan<byte> input)
    {
        if (_partialHeaderLength == 0)
            return input.Length <= FrameHeader.MaxSize ? input : input[..FrameHeader.MaxSize];
        Span<byte> header = _partialHeader;
        var added = Math.Min(input.Length, header.Length - _partialHeaderLength);
        input[..added].CopyTo(header[_partialHeaderLength..]);
        return header[..(_partialHeaderLength + added)];
    }

    // Checks the header as far as it has been received.
    private FrameViolation? FindViolation(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return null;
        var opcode = bytes[0] & OpcodeBits;
        var isControl = (opcode & ControlBit) != 0;
        if ((bytes[0] & ReservedBits) != 0)
            return FrameViolation.ReservedBit; // §5.2: no extension that uses them is negotiated
        if (opcode is > Binary and < Close or > Pong)
            return FrameViolation.ReservedOpcode;
        if (isControl && (bytes[0] & Fin) == 0)
            return FrameViolation.FragmentedControlFrame;
        if (opcode == Continuation && _message == 0)
            return FrameViolation.NothingToContinue;
        if (opcode is Text or Binary && _message != 0)
            return FrameViolation.MessageWithinMessage;
        if (opcode == Continuation && _fragments >= maxFragments)
            return FrameViolation.TooManyFragments;

        if (bytes.Length == 1)
            return null;
        if (!FrameHeader.IsMasked(bytes[1]))
            return FrameViolation.NotMasked; // §5.1
        if (isControl)
            return FrameHeader.IsExtended(bytes[1]) ? FrameViolation.LongControlFrame : null;
        if (!FrameHeader.TryReadLength(bytes, out var length))
            return null;
        if (FrameHeader.IsNotMinimal(bytes[1], length))
            return FrameViolation.NonMinimalLength;
        if (length > long.MaxValue)
            return FrameViolation.NegativeLength;
        return length > (ulong)(maxMessage - (opcode == Continuation ? _length : 0)) ? FrameViolation.TooBig : null;
    }

    private void BeginFrame(byte first, in FrameHeader header)
    {
        _inPayload = true;
        _first = first;
        _mask = header.Mask;
        _remaining = header.Length;
        switch (first & OpcodeBits)
        {
            case Continuation:
                _fragments++;
                break;
            case Text or Binary:
                _message = first & OpcodeBits;
                _fragments = 1;
                _length = _validated = 0;
                break;
            case Pong:
                break; // its payload is not used
            default:
                _control = MessageBuffers.Rent(MessageBuffers.UsualSize);
                _controlLength = 0;
                break;
        }
    }

    // Returns the received part of the payload.
    private ReadOnlySpan<byte> PayloadIn(ReadOnlySpan<byte> input) => (ulong)input.Length <= _remaining ? input : input[..(int)_remaining];

    // Returns false when the message is text and the bytes are not valid UTF-8.
    private bool TryAppend(ReadOnlySpan<byte> part)
    {
        if ((_first & ControlBit) == 0)
        {
            ReserveMessageBuffer(part.Length);
            FrameMask.Remove(part, _buffer.AsSpan(_length), _mask);
            _length += part.Length;
        }
        else if (_control is not null)
        {
            FrameMask.Remove(part, _control.AsSpan(EncodedMessage.HeadroomSize + _controlLength), _mask);
            _controlLength += part.Length;
        }

        _remaining -= (ulong)part.Length;
        _mask = FrameMask.Advance(_mask, part.Length);
        return _message != Text || (_first & ControlBit) != 0 || IsValidTextSoFar();
    }

    private bool IsValidTextSoFar()
    {
        var more = Utf8Prefix.Validate(_buffer.AsSpan(_validated, _length - _validated));
        _validated += more;
        return more >= 0;
    }

    // A message that has been received completely gets a buffer of its size. Otherwise the buffer grows with the received bytes, not with the announced length.
    private void ReserveMessageBuffer(int count)
    {
        var needed = _length + count;
        if (_buffer is null)
        {
            _buffer = MessageBuffers.Rent(Math.Max(needed, MessageBuffers.UsualSize));
        }
        else if (_buffer.Length < needed)
        {
            var announced = (_first & Fin) != 0 ? _length + (int)_remaining : maxMessage;
            var larger = MessageBuffers.Rent((int)Math.Max(needed, Math.Min(announced, (long)_length * Growth)));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            MessageBuffers.Return(_buffer);
            _buffer = larger;
        }
    }

    // Called when a frame is complete. NeedsMore continues with the next frame.
    private ReadOutcome EndFrame()
    {
        switch (_first & OpcodeBits)
        {
            case Ping:
                return ReadOutcome.Ping;
            case Pong:
                return ReadOutcome.Pong;
            case Close:
                return EndClose(_control.AsSpan(EncodedMessage.HeadroomSize, _controlLength));
            default:
                return (_first & Fin) == 0 ? ReadOutcome.NeedsMore : EndMessage();
        }
    }

    private ReadOutcome EndMessage()
    {
        if (_message == Text && _validated != _length)
            return Fail(FrameViolation.TextNotUtf8);
        var outcome = _message == Text ? ReadOutcome.Text : ReadOutcome.Binary;
        _message = 0;
        return outcome;
    }

    private ReadOutcome EndClose(ReadOnlySpan<byte> payload)
    {
        // Nothing is read after a close frame, whether or not it is valid.
        _closed = true;
        if (payload.Length == 1)
            return Fail(FrameViolation.InvalidClose);
        if (payload.Length > 0)
        {
            var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
            if (!IsAllowedInFrame(code))
                return Fail(FrameViolation.InvalidClose);
            if (!Utf8.IsValid(payload[sizeof(ushort)..]))
                return Fail(FrameViolation.ReasonNotUtf8);
            CloseCode = code;
        }

        Release();
        return ReadOutcome.Close;
    }

    // §7.4, and the additions of the IANA registry: 1012 to 1014. 1004 is reserved; 1005, 1006 and 1015 must not appear in a frame.
    private static bool IsAllowedInFrame(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    private ReadOutcome SkipFrames(ReadOnlySpan<byte> input, ref int consumed)
    {
        while (!_closed)
        {
            if (!_inPayload)
            {
                if (!TryReadHeader(input, ref consumed, out _first, out var header))
                    return ReadOutcome.NeedsMore;
                _inPayload = true;
                _remaining = header.Length;
            }

            var part = PayloadIn(input[consumed..]);
            consumed += part.Length;
            _remaining -= (ulong)part.Length;
            if (_remaining > 0)
                return ReadOutcome.NeedsMore;
            _inPayload = false;
            _closed = (_first & OpcodeBits) == Close;
        }

        return ReadOutcome.Close;
    }

    private void Release()
    {
        if (_buffer is not null)
            MessageBuffers.Return(_buffer);
        if (_control is not null)
            MessageBuffers.Return(_control);
        _buffer = _control = null;
    }

    [InlineArray(FrameHeader.MaxSize)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
