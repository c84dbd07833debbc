using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pikku.Akka.WebSockets;

/// <summary>The header of a frame on the wire (RFC 6455 §5.2). Parses the header without validating it.</summary>
/// <param name="Size">The size of the header in bytes.</param>
/// <param name="Length">The announced length of the payload in bytes.</param>
/// <param name="Mask">The mask, in the byte order of the wire; 0 when the frame is not masked, which has no effect (§5.3).</param>
internal readonly record struct ParsedHeader(int Size, ulong Length, uint Mask)
{
    /// <summary>Two bytes, a length of 64 bits and the mask.</summary>
    public const int MaxSize = Start + sizeof(ulong) + MaskSize;

    private const int Start = 2;
    private const int MaskSize = 4;
    private const int MaskBit = 0x80;
    private const int LengthBits = 0x7F;
    private const int Length16 = 126;
    private const int Length64 = 127;

    /// <summary>Reads a header from the start of the bytes. Returns false when the header is incomplete.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ParsedHeader header)
    {
        header = default;
        if (!TryReadLength(bytes, out var length))
            return false;
        var size = Start + ExtraLengthSize(bytes[1]);
        var mask = 0u;
        if (IsMasked(bytes[1]))
        {
            if (bytes.Length < size + MaskSize)
                return false;
            mask = MemoryMarshal.Read<uint>(bytes[size..]);
            size += MaskSize;
        }

        header = new ParsedHeader(size, length, mask);
        return true;
    }

    /// <summary>Reads the length of the payload, which precedes the mask. Returns false when the length is incomplete.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> bytes, out ulong length)
    {
        length = 0;
        if (bytes.Length < Start || bytes.Length < Start + ExtraLengthSize(bytes[1]))
            return false;
        length = (bytes[1] & LengthBits) switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[Start..]),
            Length64 => BinaryPrimitives.ReadUInt64BigEndian(bytes[Start..]),
            var small => (ulong)small,
        };
        return true;
    }

    public static bool IsMasked(byte second) => (second & MaskBit) != 0;

    /// <summary>True when the length could have been written in fewer bytes.</summary>
    public static bool IsNotMinimal(byte second, ulong length) => (second & LengthBits) switch
    {
        Length16 => length < Length16,
        Length64 => length <= ushort.MaxValue,
        _ => false,
    };

    /// <summary>True when the second byte shows that the payload is longer than allowed for a control frame (§5.5).</summary>
    public static bool IsExtended(byte second) => (second & LengthBits) >= Length16;

    private static int ExtraLengthSize(byte second) => (second & LengthBits) switch
    {
        Length16 => sizeof(ushort),
        Length64 => sizeof(ulong),
        _ => 0,
    };
}
