using System.IO.Compression;
using System.Text;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Random data of a client, for the property tests and for the command <c>fuzz</c> of the benchmarks.</summary>
internal static class FrameGenerator
{
    private static readonly byte[] s_firsts = [0x00, 0x80, 0x01, 0x81, 0x02, 0x82, 0x89, 0x8A];

    /// <summary>A plausible dialogue; one in three is then modified.</summary>
    /// <param name="random">Decides about everything.</param>
    /// <param name="mayCompress">True to compress some of the messages.</param>
    public static byte[] Dialogue(Random random, bool mayCompress = false)
    {
        var bytes = new List<byte>();
        var open = false;
        for (var count = random.Next(12); count > 0; count--)
        {
            var first = Next(random, ref open);
            var size = first >= 0x88 ? random.Next(random.Next(8) == 0 ? 126 : 4) : random.Next(10) == 0 ? random.Next(320) : random.Next(12);
            var payload = first >= 0x88 || random.Next(3) == 0 ? Noise(random, size) : Text(random, size);
            if (mayCompress && random.Next(3) == 0)
                bytes.AddRange(CompressedMessage(random, ref open));
            else
                bytes.AddRange(Masked(random, first, payload));
        }

        if (random.Next(3) == 0)
            bytes.AddRange(Masked(random, 0x88, random.Next(3) == 0 ? Noise(random, random.Next(5)) : RawFrame.ClosePayload(1000 + random.Next(16), "bye")));
        if (bytes.Count > 0 && random.Next(3) == 0)
            bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
        return [.. bytes];
    }

    /// <summary>Compresses a message (RFC 7692 §7.2.1), in one of several ways.</summary>
    public static byte[] Compressed(Random random, byte[] message)
    {
        var output = new MemoryStream();
        if (random.Next(6) == 0)
        {
            // §7.2.3.4: with a final block and one more byte.
            using (var final = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true))
                final.Write(message);
            return [.. output.ToArray(), 0];
        }

        using var deflate = new DeflateStream(output, (CompressionLevel)random.Next(4), leaveOpen: true);
        foreach (var part in random.Next(3) == 0 ? [.. message.Chunk(1 + random.Next(40))] : new[] { message })
        {
            deflate.Write(part);
            deflate.Flush();
        }

        return output.Length >= 4 ? output.ToArray()[..^4] : [0];
    }

    /// <summary>Cuts bytes at random places.</summary>
    public static IEnumerable<byte[]> Pieces(byte[] input, Random random)
    {
        for (var at = 0; at < input.Length;)
        {
            var size = Math.Min(input.Length - at, random.Next(4) == 0 ? random.Next(400) : random.Next(1, 12));
            yield return input[at..(at + size)];
            at += size;
        }
    }

    // Usually a whole message, sometimes within another one or without an end; one in four has changed bits, or is too long.
    private static byte[] CompressedMessage(Random random, ref bool open)
    {
        var text = random.Next(12) == 0 ? new byte[random.Next(5000)] : Text(random, random.Next(60));
        var payload = Compressed(random, text);
        if (payload.Length > 0 && random.Next(4) == 0)
            payload[random.Next(payload.Length)] ^= (byte)(1 << random.Next(8));
        if (random.Next(8) == 0)
            payload = payload[..random.Next(payload.Length + 1)];
        var first = (byte)(0x40 | random.Next(1, 3));
        if (random.Next(3) > 0)
            return Masked(random, (byte)(first | 0x80), payload);
        var cut = random.Next(payload.Length + 1);
        open = random.Next(12) == 0;
        return [.. Masked(random, first, payload[..cut]), .. Masked(random, (byte)(open ? 0 : 0x80), payload[cut..])];
    }

    private static byte Next(Random random, ref bool open)
    {
        if (random.Next(40) == 0)
            return s_firsts[random.Next(s_firsts.Length)];
        if (random.Next(5) == 0)
            return (byte)(random.Next(2) == 0 ? 0x89 : 0x8A);
        var opcode = open ? 0 : random.Next(1, 3);
        open = random.Next(2) == 0;
        return (byte)(opcode | (open ? 0 : 0x80));
    }

    /// <summary>A frame with a random mask.</summary>
    public static byte[] Masked(Random random, byte first, byte[] payload)
    {
        var mask = Noise(random, 4);
        return [.. RawFrame.Header(first, (ulong)payload.Length), .. mask, .. payload.Select((b, i) => (byte)(b ^ mask[i % 4]))];
    }

    /// <summary>Random bytes.</summary>
    public static byte[] Noise(Random random, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    // Mostly whole characters, and sometimes a truncated one.
    private static byte[] Text(Random random, int size)
    {
        string[] some = ["a", "é", "€", "😀", "\u07FF", "\uD7FF", "\uFFFD", "\U0010FFFF"];
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, size).Select(_ => some[random.Next(some.Length)])));
        return random.Next(6) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }
}
