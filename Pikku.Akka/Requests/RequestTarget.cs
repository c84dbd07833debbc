using System.Globalization;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.Requests;

/// <summary>
/// Checks whether the raw target of a request is percent-encoded UTF-8. The server leaves bytes that it cannot decode unchanged, or replaces them with U+FFFD. Two
/// different targets could then be equal, and the application would receive a value that the client did not send.
/// </summary>
internal static class RequestTarget
{
    private const int EscapeLength = 3; // % and two digits

    public static bool IsWellFormed(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        // Servers without a request line have no raw target, but their query string is still the one that the client sent.
        return IsWellFormed(string.IsNullOrEmpty(target) ? context.Request.QueryString.Value : target);
    }

    /// <summary>
    /// True when each percent sign begins an escape and the decoded bytes are valid UTF-8. NUL is allowed: servers refuse it in a path, and in a query it is a
    /// character that the application may refuse.
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<char> target)
    {
        if (!target.Contains('%'))
            return true;
        var bytes = new byte[target.Length];
        var count = 0;
        for (var i = 0; i < target.Length; count++)
        {
            if (target[i] != '%')
            {
                bytes[count] = (byte)'x'; // any ASCII character, which ends an incomplete escaped character
                i++;
                continue;
            }

            if (target.Length - i < EscapeLength || !byte.TryParse(target.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count]))
                return false;
            i += EscapeLength;
        }

        return Utf8.IsValid(bytes.AsSpan(0, count));
    }
}
