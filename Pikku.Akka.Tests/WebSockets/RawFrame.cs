using System.Buffers.Binary;
using System.Text;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>A frame as received.</summary>
/// <param name="First">FIN, reserved bits and opcode.</param>
/// <param name="Payload">The payload.</param>
internal sealed record RawFrame(byte First, byte[] Payload)
{
    public const byte Text = 0x81;
    public const byte Binary = 0x82;
    public const byte Close = 0x88;
    public const byte Ping = 0x89;
    public const byte Pong = 0x8A;
    public const byte Continuation = 0x80;
    public const byte Unfinished = 0x7F; // & this: the FIN bit off

    public string AsText => Encoding.UTF8.GetString(Payload);

    public int CloseCode => BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>Reads one frame of a server; null when the server has closed or reset the connection.</summary>
    public static async Task<RawFrame?> ReadAsync(Stream stream)
    {
        try
        {
            var head = await ReadExactlyAsync(stream, 2);
            var length = (head[1] & 0x7F) switch
            {
                126 => BigEndian(await ReadExactlyAsync(stream, 2)),
                127 => BigEndian(await ReadExactlyAsync(stream, 8)),
                var small => small,
            };
            return new RawFrame(head[0], await ReadExactlyAsync(stream, length));
        }
        catch (Exception e) when (e is EndOfStreamException or IOException)
        {
            return null;
        }
    }

    /// <summary>Builds a frame of a client, masked as RFC 6455 §5.3 requires unless the test says otherwise.</summary>
    public static byte[] Bytes(byte first, ReadOnlySpan<byte> payload, bool masked = true)
    {
        byte[] mask = [1, 2, 3, 4];
        var bytes = new List<byte>(Header(first, (ulong)payload.Length, masked));
        if (masked)
            bytes.AddRange(mask);
        for (var i = 0; i < payload.Length; i++)
            bytes.Add(masked ? (byte)(payload[i] ^ mask[i % 4]) : payload[i]);
        return [.. bytes];
    }

    /// <summary>Builds the header of a frame. The length may be wrong on purpose.</summary>
    public static byte[] Header(byte first, ulong length, bool masked = true)
    {
        var mask = masked ? 0x80 : 0;
        var wide = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(wide, length);
        return length switch
        {
            < 126 => [first, (byte)(mask | (int)length)],
            <= ushort.MaxValue => [first, (byte)(mask | 126), wide[6], wide[7]],
            _ => [first, (byte)(mask | 127), .. wide],
        };
    }

    /// <summary>The payload of a close frame.</summary>
    public static byte[] ClosePayload(int code, string reason = "") =>
        [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)];

    private static int BigEndian(byte[] bytes) => bytes.Aggregate(0, (value, next) => (value << 8) | next);

    private static async Task<byte[]> ReadExactlyAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
