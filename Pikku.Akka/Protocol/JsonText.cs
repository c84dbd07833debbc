using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The content of JSON strings that a reader has accepted. The comparison of the reader throws on a lone surrogate, which any client can
/// send; the methods here never throw.
/// </summary>
internal static class JsonText
{
    // \uXXXX is the longest escape, and it may represent one byte.
    private const int MaxBytesPerEscapedByte = 6;

    private static readonly SearchValues<byte> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>Names of actions and properties are short; longer texts are unescaped on the heap.</summary>
    public const int StackLimit = 256;

    /// <summary>True when the content of a JSON string equals <paramref name="expected"/>.</summary>
    public static bool Equals(ReadOnlySpan<byte> inside, bool escaped, ReadOnlySpan<byte> expected) =>
        escaped ? EqualsUnescaped(inside, expected) : inside.SequenceEqual(expected);

    /// <summary>False when the text is too long to represent at most <paramref name="length"/> bytes and need not be unescaped.</summary>
    public static bool MayUnescapeTo(ReadOnlySpan<byte> inside, int length) => inside.Length <= (long)length * MaxBytesPerEscapedByte;

    /// <summary>The content of a JSON string as a string; a lone surrogate becomes U+FFFD.</summary>
    public static string ToString(ReadOnlySpan<byte> inside)
    {
        if (!inside.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(inside);

        Span<byte> buffer = inside.Length <= StackLimit ? stackalloc byte[StackLimit] : new byte[inside.Length];
        TryUnescape(inside, buffer, out var written);
        return Encoding.UTF8.GetString(buffer[..written]);
    }

    /// <summary>Resolves the escapes. Returns false if there was a lone surrogate, which UTF-8 can't represent; U+FFFD replaces it.</summary>
    /// <param name="inside">The well-formed text between the quotes.</param>
    /// <param name="destination">At least as long as <paramref name="inside"/>.</param>
    /// <param name="written">The number of bytes written.</param>
    public static bool TryUnescape(ReadOnlySpan<byte> inside, Span<byte> destination, out int written)
    {
        var faithful = true;
        written = 0;
        while (true)
        {
            var plain = inside.IndexOf((byte)'\\');
            if (plain < 0)
            {
                inside.CopyTo(destination[written..]);
                written += inside.Length;
                return faithful;
            }

            inside[..plain].CopyTo(destination[written..]);
            written += plain;
            inside = inside[plain..];
            if (inside[1] != 'u')
            {
                destination[written++] = Simple(inside[1]);
                inside = inside[2..];
                continue;
            }

            var rune = ReadRune(inside, out var length);
            faithful &= rune is not null;
            written += (rune ?? Rune.ReplacementChar).EncodeToUtf8(destination[written..]);
            inside = inside[length..];
        }
    }

    /// <summary>
    /// True when a string or a name anywhere in the JSON contains half of a surrogate pair. False for text that is not JSON.
    /// </summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<byte> json)
    {
        // Most messages have no such escape, which one vectorized search finds out.
        if (json.IndexOf("\\u"u8) < 0)
            return false;
        while (json.IndexOf((byte)'\\') is >= 0 and var escape)
        {
            json = json[escape..];
            var length = 2;
            if (json.Length >= 6 && json[1] == 'u' && !json.Slice(2, 4).ContainsAnyExcept(s_hexDigits) && ReadRune(json, out length) is null)
                return true;
            json = json[Math.Min(length, json.Length)..];
        }

        return false;
    }

    public static bool IsWhiteSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static bool EqualsUnescaped(ReadOnlySpan<byte> inside, ReadOnlySpan<byte> expected)
    {
        if (!MayUnescapeTo(inside, expected.Length))
            return false;

        Span<byte> buffer = inside.Length <= StackLimit ? stackalloc byte[StackLimit] : new byte[inside.Length];
        return TryUnescape(inside, buffer, out var written) && buffer[..written].SequenceEqual(expected);
    }

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };

    private static Rune? ReadRune(ReadOnlySpan<byte> text, out int length)
    {
        length = 6;
        var first = ReadUnit(text);
        if (Rune.TryCreate(first, out var rune))
            return rune;
        if (text.Length < 12 || text[6] != '\\' || text[7] != 'u' || !Rune.TryCreate(first, ReadUnit(text[6..]), out rune))
            return null;
        length = 12;
        return rune;
    }

    private static char ReadUnit(ReadOnlySpan<byte> text) =>
        ushort.TryParse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : '\0';
}
