using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The escaping of values in names of topics. The separators <c>:</c> and <c>/</c>, <c>%</c>, braces and the control characters of ASCII are written as in a URL
/// (<c>%3A</c>; RFC 3986 §2.1, in upper case); all other characters are unchanged. So a value can't name another topic, and most names remain readable. The
/// generated clients escape the same characters.
/// </summary>
internal static class TopicText
{
    private const char Delete = '\x7f';

    private static readonly SearchValues<char> s_separators = SearchValues.Create(":/");

    private static readonly SearchValues<char> s_escaped =
        SearchValues.Create([.. "%:/{}", Delete, .. Enumerable.Range(0, ' ').Select(c => (char)c)]);

    /// <summary>True for a character that separates the parts of a name.</summary>
    public static bool IsSeparator(char c) => s_separators.Contains(c);

    /// <summary>The text up to the first separator.</summary>
    public static ReadOnlySpan<char> FirstPart(ReadOnlySpan<char> name) => name.IndexOfAny(s_separators) is >= 0 and var end ? name[..end] : name;

    /// <summary>Appends a value with its escapes.</summary>
    public static void AppendEscaped(StringBuilder output, ReadOnlySpan<char> value)
    {
        while (value.IndexOfAny(s_escaped) is >= 0 and var next)
        {
            output.Append(value[..next]).Append('%').Append(Hex(value[next] >> 4)).Append(Hex(value[next] & 0xf));
            value = value[(next + 1)..];
        }

        output.Append(value);
    }

    /// <summary>Resolves the escapes of a value.</summary>
    /// <returns>False for an escape that is not the escape of a character that has to be escaped: each value has one form only.</returns>
    public static bool TryUnescape(ReadOnlySpan<char> escaped, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (!escaped.ContainsAny(s_escaped))
        {
            value = escaped.ToString();
            return true;
        }

        var result = new StringBuilder(escaped.Length);
        while (escaped.IndexOfAny(s_escaped) is >= 0 and var next)
        {
            result.Append(escaped[..next]);
            escaped = escaped[next..];
            if (escaped[0] != '%' || escaped.Length < 3 || FromHex(escaped[1]) is not { } high || FromHex(escaped[2]) is not { } low
                || (char)((high << 4) | low) is var c && !s_escaped.Contains(c))
                return false;
            result.Append(c);
            escaped = escaped[3..];
        }

        value = result.Append(escaped).ToString();
        return true;
    }

    private static char Hex(int digit) => "0123456789ABCDEF"[digit];

    private static int? FromHex(char digit) => digit switch
    {
        >= '0' and <= '9' => digit - '0',
        >= 'A' and <= 'F' => digit - 'A' + 10,
        _ => null,
    };
}
