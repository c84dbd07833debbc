using System.Globalization;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Whether the target of a request, as the client sent it, is percent-encoded UTF-8. The server lets what it can't decode stand as it is, or
/// puts U+FFFD in its place: two different targets could then mean the same, and the application would see a value that nobody sent.
/// </summary>
internal static class UpgradeTarget
{
    private const int EscapeLength = 3; // % and two digits

    public static bool IsWellFormed(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        // Servers without a request line have no target; their query is the client's all the same.
        return IsWellFormed(string.IsNullOrEmpty(target) ? context.Request.QueryString.Value : target);
    }

    /// <summary>
    /// True where each percent sign begins an escape, and all escapes together are UTF-8. A NUL is: servers refuse it in a path, and in a query
    /// it is a character that the application may refuse.
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
                bytes[count] = (byte)'x'; // any character: it ends an escaped one that is not complete
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
