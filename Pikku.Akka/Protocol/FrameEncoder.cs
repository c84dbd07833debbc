using System.Buffers.Binary;
using System.Text;

namespace Pikku.Akka.Protocol;

/// <summary>Headers and control frames of RFC 6455 §5.2, as a server writes them.</summary>
internal static class FrameEncoder
{
    public const byte Text = 0x81; // FIN and opcode 1
    public const byte Binary = 0x82; // FIN and opcode 2
    public const int MaxHeader = 10; // two bytes and a 64-bit length

    private const byte CloseFrame = 0x88;
    private const byte PingFrame = 0x89;
    private const int MaxCloseReason = 123; // §5.5: a control frame carries 125 bytes at most, two of them are the code

    /// <summary>An empty ping; a client must answer it (§5.5.2).</summary>
    public static OutboundFrame Ping { get; } = new([PingFrame, 0], 0, 2);

    /// <summary>Writes the header so that it ends where the payload begins.</summary>
    /// <returns>Where the frame begins.</returns>
    public static int WriteHeaderBefore(byte[] array, int payloadStart, int payloadLength, byte opcode)
    {
        // §5.2: the shortest form of the length must be used.
        switch (payloadLength)
        {
            case < 126:
                array[payloadStart - 1] = (byte)payloadLength;
                array[payloadStart - 2] = opcode;
                return payloadStart - 2;
            case <= ushort.MaxValue:
                BinaryPrimitives.WriteUInt16BigEndian(array.AsSpan(payloadStart - 2), (ushort)payloadLength);
                array[payloadStart - 3] = 126;
                array[payloadStart - 4] = opcode;
                return payloadStart - 4;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(array.AsSpan(payloadStart - 8), (ulong)payloadLength);
                array[payloadStart - 9] = 127;
                array[payloadStart - 10] = opcode;
                return payloadStart - 10;
        }
    }

    /// <summary>A close frame; a reason that is too long is cut between two characters.</summary>
    public static OutboundFrame Close(int code, string reason)
    {
        var frame = new byte[2 + 2 + Math.Min(MaxCloseReason, Encoding.UTF8.GetMaxByteCount(reason.Length))];
        // The encoder stops before a character that does not fit whole.
        Encoding.UTF8.GetEncoder().Convert(reason, frame.AsSpan(4), flush: true, out _, out var length, out _);
        frame[0] = CloseFrame;
        frame[1] = (byte)(2 + length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)code);
        return new OutboundFrame(frame, 0, 4 + length);
    }

    public static bool IsClose(ReadOnlySpan<byte> frame) => frame.Length >= 2 && frame[0] == CloseFrame;

    /// <summary>The code of a close frame; 1005 for one without (§7.1.5).</summary>
    public static int CloseCodeOf(ReadOnlySpan<byte> frame) => frame.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(frame[2..]) : 1005;
}
