using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Unicode;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Frames as a server sends them (RFC 6455 §5): unmasked and whole, so that one encoded frame serves any number of sockets.
/// </summary>
internal static class FrameEncoder
{
    /// <summary>The longest header of an unmasked frame: two bytes and a 64-bit length.</summary>
    public const int MaxHeader = 10;

    /// <summary>RFC 6455 §5.5: the payload of a control frame has at most 125 bytes.</summary>
    public const int MaxControlPayload = 125;

    // Two bytes of a close frame's payload are the code.
    private const int MaxReason = MaxControlPayload - sizeof(ushort);

    private const byte Final = 0x80;
    private const byte Length16 = 126;
    private const byte Length64 = 127;

    public static int HeaderLength(int payloadLength) =>
        payloadLength <= MaxControlPayload ? 2 : payloadLength <= ushort.MaxValue ? 4 : MaxHeader;

    /// <summary>Writes a header and returns its length.</summary>
    public static int WriteHeader(Span<byte> destination, Opcode opcode, int payloadLength)
    {
        destination[0] = (byte)(Final | (byte)opcode);
        switch (HeaderLength(payloadLength))
        {
            case 2:
                destination[1] = (byte)payloadLength;
                return 2;
            case 4:
                destination[1] = Length16;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
                return 4;
            default:
                destination[1] = Length64;
                BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)payloadLength);
                return MaxHeader;
        }
    }

    /// <summary>Writes the header so that it ends where a payload already begins, and returns where the frame begins.</summary>
    /// <param name="buffer">Has at least <see cref="MaxHeader"/> bytes to spare in front of the payload.</param>
    /// <param name="opcode">What the payload is.</param>
    /// <param name="payloadStart">Where the payload begins.</param>
    /// <param name="payloadLength">Its length.</param>
    public static int PlaceHeader(Span<byte> buffer, Opcode opcode, int payloadStart, int payloadLength)
    {
        var start = payloadStart - HeaderLength(payloadLength);
        WriteHeader(buffer[start..], opcode, payloadLength);
        return start;
    }

    /// <summary>A whole frame in an array of its own, to be shared.</summary>
    public static byte[] Encode(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        Debug.Assert(opcode < Opcode.Close || payload.Length <= MaxControlPayload, "RFC 6455 §5.5");
        var header = HeaderLength(payload.Length);
        var frame = GC.AllocateUninitializedArray<byte>(header + payload.Length);
        WriteHeader(frame, opcode, payload.Length);
        payload.CopyTo(frame.AsSpan(header));
        return frame;
    }

    /// <summary>A close frame. A reason that is too long is cut between two characters.</summary>
    public static byte[] Close(CloseCode code, string reason = "")
    {
        Span<byte> payload = stackalloc byte[MaxControlPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Utf8.FromUtf16(reason, payload.Slice(sizeof(ushort), MaxReason), out _, out var written);
        return Encode(Opcode.Close, payload[..(sizeof(ushort) + written)]);
    }
}
