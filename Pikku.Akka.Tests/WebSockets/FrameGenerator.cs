using System.Text;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Random data of a client, for the property tests and for the command <c>fuzz</c> of the benchmarks.</summary>
internal static class FrameGenerator
{
    private static readonly byte[] s_firsts = [0x00, 0x80, 0x01, 0x81, 0x02, 0x82, 0x89, 0x8A];

    /// <summary>A plausible dialogue; one in three is then modified.</summary>
    public static byte[] Dialogue(Random random)
    {
        var bytes = new List<byte>();
        var open = false;
        for (var count = random.Next(12); count > 0; count--)
        {
            var first = Next(random, ref open);
            var size = first >= 0x88 ? random.Next(random.Next(8) == 0 ? 126 : 4) : random.Next(10) == 0 ? random.Next(320) : random.Next(12);
            var payload = first >= 0x88 || random.Next(3) == 0 ? Noise(random, size) : Text(random, size);
            bytes.AddRange(Masked(random, first, payload));
        }

        if (random.Next(3) == 0)
            bytes.AddRange(Masked(random, 0x88, random.Next(3) == 0 ? Noise(random, random.Next(5)) : RawFrame.ClosePayload(1000 + random.Next(16), "bye")));
        if (bytes.Count > 0 && random.Next(3) == 0)
            bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
        return [.. bytes];
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
