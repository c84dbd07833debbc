using System.Buffers.Binary;
using System.Text.Unicode;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>The rules of RFC 6455 for the frames of a client, and the limits of its messages.</summary>
/// <param name="maxMessage">The largest message, in bytes.</param>
/// <param name="maxFragments">The maximum number of frames of a message.</param>
/// <param name="mayCompress">True when the client may compress messages.</param>
internal readonly struct FrameRules(int maxMessage, int maxFragments, bool mayCompress)
{
    // Data that can't be compressed gets longer: by a few bytes in stored blocks, and by an eighth in the worst of the fixed codes (RFC 1951 §3.2.6), which have 9 bits.
    private const int WorstGrowth = 8;
    private const int BlockOverhead = 64; // bytes, more than the headers of the blocks of a small message

    /// <summary>The largest message, in bytes.</summary>
    public int MaxMessage => maxMessage;

    /// <summary>The largest message as it is received: one that is compressed may be longer than its content.</summary>
    /// <param name="isCompressed">True for a compressed message.</param>
    public int MaxReceived(bool isCompressed) => isCompressed ? maxMessage + (maxMessage / WorstGrowth) + BlockOverhead : maxMessage;

    /// <summary>Checks a header as far as it has been received.</summary>
    /// <param name="header">The received bytes, from the first byte of the header on.</param>
    /// <param name="message">The message that is being read when the frame arrives.</param>
    /// <returns>The violation; null for none so far.</returns>
    public FrameViolation? FindViolation(ReadOnlySpan<byte> header, in PartialMessage message)
    {
        if (header.IsEmpty)
            return null;
        var opcode = Opcode.Of(header[0]);
        var isControl = Opcode.IsControl(header[0]);
        var isCompressed = mayCompress && opcode is (Opcode.Text or Opcode.Binary) && (header[0] & Opcode.ReservedBits) == Opcode.Compressed;
        if ((header[0] & Opcode.ReservedBits) != 0 && !isCompressed)
            return FrameViolation.ReservedBit; // §5.2, and RFC 7692 §6.1: only the first frame of a message, and only if compression was negotiated
        if (opcode is > Opcode.Binary and < Opcode.Close or > Opcode.Pong)
            return FrameViolation.ReservedOpcode;
        if (isControl && !Opcode.IsFinal(header[0]))
            return FrameViolation.FragmentedControlFrame;
        if (opcode == Opcode.Continuation && !message.IsOpen)
            return FrameViolation.NothingToContinue;
        if (opcode is Opcode.Text or Opcode.Binary && message.IsOpen)
            return FrameViolation.MessageWithinMessage;
        if (opcode == Opcode.Continuation && message.Fragments >= maxFragments)
            return FrameViolation.TooManyFragments;

        if (header.Length == 1)
            return null;
        if (!ParsedHeader.IsMasked(header[1]))
            return FrameViolation.NotMasked; // §5.1
        if (isControl)
            return ParsedHeader.IsExtended(header[1]) ? FrameViolation.LongControlFrame : null;
        if (!ParsedHeader.TryReadLength(header, out var length))
            return null;
        if (ParsedHeader.IsNotMinimal(header[1], length))
            return FrameViolation.NonMinimalLength;
        if (length > long.MaxValue)
            return FrameViolation.NegativeLength;
        var room = opcode == Opcode.Continuation ? MaxReceived(message.IsCompressed) - message.Length : MaxReceived(isCompressed);
        return length > (ulong)room ? FrameViolation.TooBig : null;
    }

    /// <summary>Reads and checks the payload of a close frame.</summary>
    /// <param name="payload">The unmasked payload.</param>
    /// <param name="code">The close code; <see cref="CloseMessage.NoCode"/> when the frame has none or is invalid.</param>
    public static FrameViolation? ReadClose(ReadOnlySpan<byte> payload, out int code)
    {
        code = CloseMessage.NoCode;
        if (payload.IsEmpty)
            return null;
        if (payload.Length < sizeof(ushort) || BinaryPrimitives.ReadUInt16BigEndian(payload) is var sent && !IsAllowedInFrame(sent))
            return FrameViolation.InvalidClose;
        if (!Utf8.IsValid(payload[sizeof(ushort)..]))
            return FrameViolation.ReasonNotUtf8;
        code = sent;
        return null;
    }

    // §7.4, and the additions of the IANA registry: 1012 to 1014. 1004 is reserved; 1005, 1006 and 1015 must not appear in a frame.
    private static bool IsAllowedInFrame(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
