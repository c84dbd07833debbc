namespace Pikku.Akka.Replication;

/// <summary>FNV-1a with 64 bits over UTF-8, which is the same on every node and in every version.</summary>
internal static class StableHash
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const char LastAscii = '\x7F';

    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Basis;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] > LastAscii)
                return Rest(hash, text[i..]);
            hash = (hash ^ text[i]) * Prime;
        }

        return hash;
    }

    private static ulong Rest(ulong hash, ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(utf8);
            foreach (var value in utf8[..length])
                hash = (hash ^ value) * Prime;
        }

        return hash;
    }
}
