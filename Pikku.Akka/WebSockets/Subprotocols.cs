using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>The subprotocols that a client offers, and the one that it gets.</summary>
internal static class Subprotocols
{
    /// <summary>Every message is enveloped.</summary>
    public const string Enveloped = "pikku.v1";

    /// <summary>What stands before a token that is a subprotocol as it is: of what RFC 9110 §5.6.2 allows.</summary>
    private const string Plain = "pikku.bearer.";

    /// <summary>What stands before any other token: its UTF-8 as base64url without padding (RFC 4648 §5).</summary>
    private const string Encoded = "pikku.bearer64.";

    // Strictly: what is no UTF-8 was never a token.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The subprotocols that the client offers, one each.</summary>
    public static IEnumerable<string> Offered(HttpRequest request) =>
        request.Headers[HeaderNames.SecWebSocketProtocol]
            .SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>
    /// The one that the connection speaks; null for none. A browser gives a connection up when it offered some and got none, so who offers
    /// its token and nothing that we speak gets the token back: it knows it already.
    /// </summary>
    public static string? Choose(HttpRequest request, UpgradeSettings settings)
    {
        var offered = Offered(request).ToArray();
        if (offered.Contains(Enveloped, StringComparer.Ordinal))
            return Enveloped;
        // It stands in a header again.
        return settings.SubprotocolToken ? offered.FirstOrDefault(entry => IsToken(entry) && !entry.AsSpan().ContainsAnyExceptInRange('!', '~')) : null;
    }

    /// <summary>The token that the client offers; null for none.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        var tokens = Offered(request).Where(IsToken).Select(entry =>
            entry.StartsWith(Plain, StringComparison.Ordinal) ? entry[Plain.Length..] : Decode(entry[Encoded.Length..]));
        return tokens.FirstOrDefault() is { Length: > 0 } token ? token : null;
    }

    // What can't be decoded, and what no header may carry (RFC 9110 §5.5), stays as it is: then it is a token that nobody accepts.
    private static string Decode(string encoded)
    {
        try
        {
            var token = Utf8.GetString(Base64Url.DecodeFromChars(encoded));
            return token.Any(char.IsControl) ? encoded : token;
        }
        catch (FormatException)
        {
            return encoded;
        }
        catch (DecoderFallbackException)
        {
            return encoded;
        }
    }

    private static bool IsToken(string entry) => entry.StartsWith(Plain, StringComparison.Ordinal) || entry.StartsWith(Encoded, StringComparison.Ordinal);
}
