using System.Numerics;
using System.Runtime.InteropServices;

namespace Pikku.Akka.WebSockets;

/// <summary>Takes the mask off what clients send (RFC 6455 §5.3), while it is copied.</summary>
internal static class FrameMask
{
    /// <summary>Copies bytes without their mask.</summary>
    /// <param name="source">The masked bytes.</param>
    /// <param name="destination">Where they go; at least as long.</param>
    /// <param name="mask">The mask as it lies over the first of them, in the order of its bytes in memory.</param>
    public static void Remove(ReadOnlySpan<byte> source, Span<byte> destination, uint mask)
    {
        var at = 0;
        if (Vector.IsHardwareAccelerated && source.Length >= Vector<byte>.Count)
        {
            // A vector is a multiple of four bytes long, so the mask lies over each of them in the same way.
            var masks = Vector.AsVectorByte(new Vector<uint>(mask));
            for (; at <= source.Length - Vector<byte>.Count; at += Vector<byte>.Count)
                (new Vector<byte>(source[at..]) ^ masks).CopyTo(destination[at..]);
        }

        for (; at <= source.Length - sizeof(uint); at += sizeof(uint))
            MemoryMarshal.Write(destination[at..], MemoryMarshal.Read<uint>(source[at..]) ^ mask);
        for (; at < source.Length; at++, mask = After(mask, 1))
            destination[at] = (byte)(source[at] ^ First(mask));
    }

    /// <summary>The mask as it lies over what comes after some bytes.</summary>
    public static uint After(uint mask, int bytes)
    {
        var bits = (bytes & 3) * 8;
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, bits) : BitOperations.RotateLeft(mask, bits);
    }

    private static byte First(uint mask) => (byte)(BitConverter.IsLittleEndian ? mask : mask >> 24);
}
