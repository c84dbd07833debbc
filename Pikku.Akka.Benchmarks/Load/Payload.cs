namespace Pikku.Akka.Benchmarks.Load;

/// <summary>
/// The self-describing text in every message: <c>~AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDDxxxx…</c>, four fixed-width hexadecimal numbers and
/// padding.
/// It needs no JSON escaping, the leading '~' locates it in any envelope, and the receiver can check which message it belongs to
/// without parsing
/// JSON.
/// </summary>
internal static class Payload
{
    public const int HeaderLength = 33;
    public const byte Marker = (byte)'~', Pad = (byte)'x';

    public static byte[] NewTemplate(int length)
    {
        var b = new byte[length];
        b.AsSpan().Fill(Pad);
        b[0] = Marker;
        return b;
    }

    public static void Stamp(Span<byte> payload, uint a, uint b, uint c, uint d)
    {
        Hex8(payload[1..], a); Hex8(payload[9..], b); Hex8(payload[17..], c); Hex8(payload[25..], d);
    }

    /// <summary>Reads the four numbers and checks marker, length and padding against the template.</summary>
    public static bool TryRead(ReadOnlySpan<byte> p, byte[] template, out uint a, out uint b, out uint c, out uint d)
    {
        a = b = c = d = 0;
        return p.Length == template.Length && p[0] == Marker
            && TryHex8(p[1..], out a) && TryHex8(p[9..], out b) && TryHex8(p[17..], out c) && TryHex8(p[25..], out d)
            && p[HeaderLength..].SequenceEqual(template.AsSpan(HeaderLength));
    }

    public static void Hex8(Span<byte> to, uint v)
    {
        for (int i = 7; i >= 0; i--, v >>= 4)
        {
            uint n = v & 15;
            to[i] = (byte)(n < 10 ? '0' + n : 'a' - 10 + n);
        }
    }

    public static bool TryHex8(ReadOnlySpan<byte> s, out uint v)
    {
        v = 0;
        if (s.Length < 8) return false;
        for (int i = 0; i < 8; i++)
        {
            uint ch = s[i], n;
            if (ch - '0' < 10) n = ch - '0'; else if (ch - 'a' < 6) n = ch - 'a' + 10; else return false;
            v = v << 4 | n;
        }
        return true;
    }
}
