using System.Buffers.Binary;
using System.Text.Unicode;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Frames as a server sends them (RFC 6455 §5.2): unmasked and whole, so that one encoded frame serves any number of sockets.
/// </summary>
internal static class FrameEncoder
{
    public const byte Text = 0x81; // FIN and opcode 1
    public const byte Binary = 0x82; // FIN and opcode 2

    /// <summary>The longest header of an unmasked frame: two bytes and a 64-bit length.</summary>
    public const int MaxHeader = 10;

    /// <summary>The header of a control frame, whose payload is short (§5.5).</summary>
    public const int ControlHeader = 2;

    private const byte CloseFrame = 0x88;
    private const byte PingFrame = 0x89;
    private const byte PongFrame = 0x8A;

    private const int MaxControlPayload = 125; // §5.5
    private const int CloseHeader = 2 + sizeof(ushort); // the frame's header and the code
    private const int MaxCloseReason = MaxControlPayload - sizeof(ushort);
    private const byte Length16 = 126;
    private const byte Length64 = 127;

    /// <summary>§7.1.5: stands for a close frame without a code.</summary>
    private const int NoCode = 1005;

    /// <summary>An empty ping; a client must answer it (§5.5.2).</summary>
    public static OutboundFrame Ping { get; } = new([PingFrame, 0], 0, 2);

    /// <summary>The answer to a ping (§5.5.3).</summary>
    /// <param name="rented">An array from the pool, which goes away with the frame: the ping's payload, behind room for the header.</param>
    /// <param name="payloadLength">The length of the payload.</param>
    public static OutboundFrame Pong(byte[] rented, int payloadLength) =>
        new(rented, 0, WriteHeader(rented, PongFrame, payloadLength) + payloadLength) { Pooled = true };

    /// <summary>§5.2: the shortest form of the length must be used.</summary>
    public static int HeaderLength(int payloadLength) =>
        payloadLength <= MaxControlPayload ? 2 : payloadLength <= ushort.MaxValue ? 4 : MaxHeader;

    /// <summary>Writes a header and returns its length.</summary>
    public static int WriteHeader(Span<byte> destination, byte opcode, int payloadLength)
    {
        destination[0] = opcode;
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

    /// <summary>Writes the header so that it ends where the payload begins, and returns where the frame begins.</summary>
    /// <param name="buffer">Has at least <see cref="MaxHeader"/> bytes to spare in front of the payload.</param>
    /// <param name="payloadStart">Where the payload begins.</param>
    /// <param name="payloadLength">Its length.</param>
    /// <param name="opcode">What the payload is.</param>
    public static int WriteHeaderBefore(Span<byte> buffer, int payloadStart, int payloadLength, byte opcode)
    {
        var start = payloadStart - HeaderLength(payloadLength);
        WriteHeader(buffer[start..], opcode, payloadLength);
        return start;
    }

    /// <summary>A whole frame in an array of exactly its size, to be shared.</summary>
    public static byte[] Encode(byte opcode, ReadOnlySpan<byte> payload)
    {
        var header = HeaderLength(payload.Length);
        var frame = GC.AllocateUninitializedArray<byte>(header + payload.Length);
        WriteHeader(frame, opcode, payload.Length);
        payload.CopyTo(frame.AsSpan(header));
        return frame;
    }

    /// <summary>A close frame; a reason that is too long is cut between two characters.</summary>
    public static OutboundFrame Close(int code, string reason)
    {
        Span<byte> payload = stackalloc byte[MaxControlPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Utf8.FromUtf16(reason, payload.Slice(sizeof(ushort), MaxCloseReason), out _, out var written);
        return OutboundFrame.Of(Encode(CloseFrame, payload[..(sizeof(ushort) + written)]));
    }

    public static bool IsClose(ReadOnlySpan<byte> frame) => frame.Length >= 2 && frame[0] == CloseFrame;

    /// <summary>The code of a close frame; 1005 for one without.</summary>
    public static int CloseCodeOf(ReadOnlySpan<byte> frame) =>
        frame.Length >= CloseHeader ? BinaryPrimitives.ReadUInt16BigEndian(frame[2..]) : NoCode;
}
