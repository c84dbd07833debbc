using System.Numerics;
using System.Runtime.InteropServices;

namespace Pikku.Akka.WebSockets;

/// <summary>Removes the mask of client frames (RFC 6455 §5.3) while copying the payload.</summary>
internal static class FrameMask
{
    /// <summary>Copies bytes without their mask.</summary>
    /// <param name="source">The masked bytes.</param>
    /// <param name="destination">The destination, which is at least as long.</param>
    /// <param name="mask">The mask, aligned to the first byte, in the order of its bytes in memory.</param>
    public static void Remove(ReadOnlySpan<byte> source, Span<byte> destination, uint mask)
    {
        var at = 0;
        if (Vector.IsHardwareAccelerated && source.Length >= Vector<byte>.Count)
        {
            // The length of a vector is a multiple of four bytes, so the mask is aligned to each vector in the same way.
            var masks = Vector.AsVectorByte(new Vector<uint>(mask));
            for (; at <= source.Length - Vector<byte>.Count; at += Vector<byte>.Count)
                (new Vector<byte>(source[at..]) ^ masks).CopyTo(destination[at..]);
        }

        for (; at <= source.Length - sizeof(uint); at += sizeof(uint))
            MemoryMarshal.Write(destination[at..], MemoryMarshal.Read<uint>(source[at..]) ^ mask);
        for (; at < source.Length; at++, mask = Advance(mask, 1))
            destination[at] = (byte)(source[at] ^ FirstByte(mask));
    }

    /// <summary>Returns the mask, aligned to the byte after the given number of bytes.</summary>
    public static uint Advance(uint mask, int bytes)
    {
        var bits = (bytes & 3) * 8;
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, bits) : BitOperations.RotateLeft(mask, bits);
    }

    private static byte FirstByte(uint mask) => (byte)(BitConverter.IsLittleEndian ? mask : mask >> 24);
}
