using System.Runtime.CompilerServices;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Reads the frames of one client (RFC 6455, server side): takes bytes in pieces of any size, and returns messages and control frames. Validates each byte as early
/// as possible, and allocates memory only for received bytes. <see cref="FrameRules"/> decides what is allowed, and <see cref="PartialMessage"/> collects the
/// frames of a message. Does not depend on sockets; one caller at a time.
/// </summary>
/// <remarks>
/// After a violation, the content of further frames is ignored (§7.1.7). The reader only skips frames until it finds the close frame that answers the server's
/// close frame: if a connection were closed with unread bytes, TCP would reset it, and the client might never receive the reason.
/// </remarks>
/// <param name="maxMessage">The largest message, in bytes.</param>
/// <param name="maxFragments">The maximum number of frames of a message.</param>
/// <param name="mayCompress">True when the client may compress messages (RFC 7692).</param>
internal sealed class FrameReader(int maxMessage, int maxFragments, bool mayCompress) : IDisposable
{
    private readonly FrameRules _rules = new(maxMessage, maxFragments, mayCompress);

    // The received part of an incomplete header.
    private HeaderBytes _partialHeader;
    private int _partialHeaderLength;

    // The frame whose payload is being read.
    private bool _inPayload;
    private byte _first;
    private uint _mask;
    private ulong _remaining;

    private PartialMessage _message; // a mutable struct: must not be read-only

    // The control frame that is being read: the headroom for its answer, and the payload.
    private byte[]? _control;
    private int _controlLength;

    private bool _closed;

    /// <summary>The violation of the client; null for none.</summary>
    public FrameViolation? Violation { get; private set; }

    /// <summary>The code of the client's close frame; 1005 when the frame has none.</summary>
    public int CloseCode { get; private set; } = CloseMessage.NoCode;

    /// <summary>True when no message or frame is incomplete.</summary>
    public bool IsBetweenMessages => !_inPayload && _partialHeaderLength == 0 && !_message.IsOpen;

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
    public byte[] TakeMessage(out int length) => _message.Take(out length);

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
    private bool TryReadHeader(ReadOnlySpan<byte> input, ref int consumed, out byte first, out ParsedHeader header)
    {
        var bytes = NextHeader(input[consumed..]);
        first = bytes.IsEmpty ? default : bytes[0];
        header = default;
        // Violations in the first bytes are detected before the header is complete.
        if (Violation is null && _rules.FindViolation(bytes, _message) is { } violation)
        {
            Fail(violation);
            return false;
        }

        if (!ParsedHeader.TryRead(bytes, out header))
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
            return input.Length <= ParsedHeader.MaxSize ? input : input[..ParsedHeader.MaxSize];
        Span<byte> header = _partialHeader;
        var added = Math.Min(input.Length, header.Length - _partialHeaderLength);
        input[..added].CopyTo(header[_partialHeaderLength..]);
        return header[..(_partialHeaderLength + added)];
    }

    private void BeginFrame(byte first, in ParsedHeader header)
    {
        _inPayload = true;
        _first = first;
        _mask = header.Mask;
        _remaining = header.Length;
        switch (Opcode.Of(first))
        {
            case Opcode.Continuation:
                _message.Continue();
                break;
            case Opcode.Text or Opcode.Binary:
                _message.Begin(Opcode.Of(first), isCompressed: (first & Opcode.Compressed) != 0);
                break;
            case Opcode.Pong:
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
        var isValid = true;
        if (!Opcode.IsControl(_first))
        {
            var announced = Opcode.IsFinal(_first) ? _message.Length + (long)_remaining : _rules.MaxMessage;
            isValid = _message.TryAppend(part, _mask, announced);
        }
        else if (_control is not null)
        {
            FrameMask.Remove(part, _control.AsSpan(EncodedMessage.HeadroomSize + _controlLength), _mask);
            _controlLength += part.Length;
        }

        _remaining -= (ulong)part.Length;
        _mask = FrameMask.Advance(_mask, part.Length);
        return isValid;
    }

    // Called when a frame is complete. NeedsMore continues with the next frame.
    private ReadOutcome EndFrame()
    {
        switch (Opcode.Of(_first))
        {
            case Opcode.Ping:
                return ReadOutcome.Ping;
            case Opcode.Pong:
                return ReadOutcome.Pong;
            case Opcode.Close:
                return EndClose(_control.AsSpan(EncodedMessage.HeadroomSize, _controlLength));
            case var _ when !Opcode.IsFinal(_first):
                return ReadOutcome.NeedsMore;
            default:
                return _message.End(_rules.MaxMessage, out var outcome) is { } violation ? Fail(violation) : outcome;
        }
    }

    private ReadOutcome EndClose(ReadOnlySpan<byte> payload)
    {
        // Nothing is read after a close frame, whether or not it is valid.
        _closed = true;
        if (FrameRules.ReadClose(payload, out var code) is { } violation)
            return Fail(violation);
        CloseCode = code;
        Release();
        return ReadOutcome.Close;
    }

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
            _closed = Opcode.Of(_first) == Opcode.Close;
        }

        return ReadOutcome.Close;
    }

    private void Release()
    {
        _message.Release();
        if (_control is not null)
            MessageBuffers.Return(_control);
        _control = null;
    }

    [InlineArray(ParsedHeader.MaxSize)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
