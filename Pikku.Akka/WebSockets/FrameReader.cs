using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Reads what one client sends (RFC 6455, the server's side): bytes in, messages and control frames out, however the bytes are cut. Judges
/// each byte as soon as it can be judged, and holds memory only for what came. Without sockets; one caller at a time.
/// </summary>
/// <remarks>
/// Once the client has broken a rule nothing of what it sends is looked at any more (§7.1.7). Its frames are only followed to their ends, to
/// find the close frame that answers ours: a connection that is closed with unread bytes is reset, and the client may never see why.
/// </remarks>
/// <param name="maxMessage">The largest message, in bytes.</param>
/// <param name="maxFragments">The most frames that a message may come in.</param>
internal sealed class FrameReader(int maxMessage, int maxFragments) : IDisposable
{
    /// <summary>§7.1.5: stands for a close frame without a code.</summary>
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

    private const int Growth = 4; // what is announced is believed up to a multiple of what came

    // A header whose end has not come.
    private HeaderBytes _cut;
    private int _cutLength;

    // The frame whose payload comes.
    private bool _inPayload;
    private byte _first;
    private uint _mask;
    private ulong _remaining;

    // The message that comes; its opcode is 0 when none does.
    private int _message;
    private int _fragments;
    private byte[]? _buffer;
    private int _length;
    private int _validated;

    // The control frame that comes: the headroom of its answer, and the payload.
    private byte[]? _control;
    private int _controlLength;

    private bool _closed;

    /// <summary>What the client broke; null when it did nothing of the kind.</summary>
    public FrameViolation? Violation { get; private set; }

    /// <summary>The code of the client's close frame; 1005 when that has none.</summary>
    public int CloseCode { get; private set; } = NoCode;

    /// <summary>True when nothing has begun that is not complete.</summary>
    public bool IsBetweenMessages => !_inPayload && _cutLength == 0 && _message == 0;

    /// <summary>Reads until there is something to tell, or to the end.</summary>
    /// <param name="input">The bytes that came.</param>
    /// <param name="consumed">How many of them have been read; the others are to be given again.</param>
    public ReadOutcome Read(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        if (Violation is not null || _closed)
            return Follow(input, ref consumed);
        while (true)
        {
            if (!_inPayload)
            {
                if (!TryReadHeader(input, ref consumed, out var first, out var header))
                    return Violation is null ? ReadOutcome.NeedsMore : ReadOutcome.Violation;
                Begin(first, header);
            }

            var part = Available(input[consumed..]);
            if (!part.IsEmpty)
            {
                consumed += part.Length;
                if (!TryTake(part))
                    return Fail(FrameViolation.TextNotUtf8);
            }

            if (_remaining > 0)
                return ReadOutcome.NeedsMore;
            _inPayload = false;
            if (End() is not ReadOutcome.NeedsMore and var outcome)
                return outcome;
        }
    }

    /// <summary>The message that has just been read, in a buffer from <see cref="MessageBuffers"/> that is the caller's from now on.</summary>
    public byte[] TakeMessage(out int length)
    {
        var buffer = _buffer ?? MessageBuffers.Rent(MessageBuffers.UsualSize);
        length = _length;
        _buffer = null;
        return buffer;
    }

    /// <summary>The answer to the ping that has just been read.</summary>
    public EncodedMessage TakePong()
    {
        var pong = new EncodedMessage(_control!, EncodedMessage.HeadroomSize, _controlLength, MessageKind.Pong) { Pooled = true, HasHeadroom = true };
        _control = null;
        return pong;
    }

    /// <summary>The client broke a rule that is not about frames: what it sends is only followed from now on.</summary>
    /// <returns>What <see cref="Read"/> returns for one that is.</returns>
    public ReadOutcome Fail(FrameViolation violation)
    {
        Violation = violation;
        Release();
        return ReadOutcome.Violation;
    }

    /// <summary>Gives back what it holds.</summary>
    public void Dispose() => Release();

    // Of a violation nothing is consumed: the frame that it begins is followed with the others.
    private bool TryReadHeader(ReadOnlySpan<byte> input, ref int consumed, out byte first, out FrameHeader header)
    {
        var bytes = HeaderIn(input[consumed..]);
        first = bytes.IsEmpty ? default : bytes[0];
        header = default;
        // A header that is broken in its first bytes is not waited for.
        if (Violation is null && FindViolation(bytes) is { } violation)
        {
            Fail(violation);
            return false;
        }

        if (!FrameHeader.TryRead(bytes, out header))
        {
            if (_cutLength == 0)
                bytes.CopyTo(_cut);
            _cutLength = bytes.Length;
            consumed = input.Length;
            return false;
        }

        consumed += header.Size - _cutLength;
        _cutLength = 0;
        return true;
    }

    // The next header, behind its bytes that came before.
    private ReadOnlySpan<byte> HeaderIn(ReadOnlySpan<byte> input)
    {
        if (_cutLength == 0)
            return input.Length <= FrameHeader.MaxSize ? input : input[..FrameHeader.MaxSize];
        Span<byte> header = _cut;
        var added = Math.Min(input.Length, header.Length - _cutLength);
        input[..added].CopyTo(header[_cutLength..]);
        return header[..(_cutLength + added)];
    }

    // What can be said by the bytes that are there.
    private FrameViolation? FindViolation(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return null;
        var opcode = bytes[0] & OpcodeBits;
        var isControl = (opcode & ControlBit) != 0;
        if ((bytes[0] & ReservedBits) != 0)
            return FrameViolation.ReservedBit; // §5.2: no extension that gives them a meaning is negotiated
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
        if (FrameHeader.IsWasteful(bytes[1], length))
            return FrameViolation.WastefulLength;
        if (length > long.MaxValue)
            return FrameViolation.NegativeLength;
        return length > (ulong)(maxMessage - (opcode == Continuation ? _length : 0)) ? FrameViolation.TooBig : null;
    }

    private void Begin(byte first, in FrameHeader header)
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
                break; // nobody asks what is in it
            default:
                _control = MessageBuffers.Rent(MessageBuffers.UsualSize);
                _controlLength = 0;
                break;
        }
    }

    // What has come of the payload.
    private ReadOnlySpan<byte> Available(ReadOnlySpan<byte> input) => (ulong)input.Length <= _remaining ? input : input[..(int)_remaining];

    // False when it can't be text.
    private bool TryTake(ReadOnlySpan<byte> part)
    {
        if ((_first & ControlBit) == 0)
        {
            Reserve(part.Length);
            FrameMask.Remove(part, _buffer.AsSpan(_length), _mask);
            _length += part.Length;
        }
        else if (_control is not null)
        {
            FrameMask.Remove(part, _control.AsSpan(EncodedMessage.HeadroomSize + _controlLength), _mask);
            _controlLength += part.Length;
        }

        _remaining -= (ulong)part.Length;
        _mask = FrameMask.After(_mask, part.Length);
        return _message != Text || (_first & ControlBit) != 0 || IsTextSoFar();
    }

    private bool IsTextSoFar()
    {
        var more = Utf8Prefix.Validate(_buffer.AsSpan(_validated, _length - _validated));
        _validated += more;
        return more >= 0;
    }

    // A message that is there as a whole gets a buffer of its size. Any other grows with what comes, not with what was announced.
    private void Reserve(int count)
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

    // A frame is complete. Where that says nothing, the next one follows.
    private ReadOutcome End()
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
        // Valid or not, nothing follows it.
        _closed = true;
        if (payload.Length == 1)
            return Fail(FrameViolation.InvalidClose);
        if (payload.Length > 0)
        {
            var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
            if (!MayBeSent(code))
                return Fail(FrameViolation.InvalidClose);
            if (!Utf8.IsValid(payload[sizeof(ushort)..]))
                return Fail(FrameViolation.ReasonNotUtf8);
            CloseCode = code;
        }

        Release();
        return ReadOutcome.Close;
    }

    // §7.4, and what the registry of IANA has added: 1012 to 1014. 1004 is reserved; 1005, 1006 and 1015 stand for frames that never came.
    private static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    private ReadOutcome Follow(ReadOnlySpan<byte> input, ref int consumed)
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

            var part = Available(input[consumed..]);
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
