using System.Text;

namespace Pikku.Akka.Replication;

/// <summary>
/// FNV-1a with 64 bits over UTF-8, the same on every node and in every version. It selects the lane of a topic, so it is a part of the protocol between nodes.
/// </summary>
internal static class StableHash
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Basis;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(utf8);
            foreach (var value in utf8[..length])
                hash = (hash ^ value) * Prime;
        }

        return hash;
    }

    /// <summary>The lane of a topic.</summary>
    public static int Lane(string topic, int lanes)
    {
        var hash = Of(topic);
        return (int)((uint)(hash ^ (hash >> 32)) % (uint)lanes);
    }
}
