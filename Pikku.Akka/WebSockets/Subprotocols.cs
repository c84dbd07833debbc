using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>Reads the subprotocols that a client offers, and chooses one of them.</summary>
internal static class Subprotocols
{
    // Strict, because bytes that are not UTF-8 are not an encoded token.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The individual subprotocols that the client offers.</summary>
    public static IReadOnlyList<string> Offered(HttpRequest request)
    {
        var lines = request.Headers[HeaderNames.SecWebSocketProtocol];
        return lines.Count == 0
            ? []
            : [.. lines.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
    }

    /// <summary>
    /// The subprotocol of the connection; null for none. A browser closes the connection when it has offered subprotocols and none was chosen. If a client offers
    /// only its token, the server therefore returns the token, which the client already knows.
    /// </summary>
    public static string? Choose(HttpRequest request, UpgradeSettings settings)
    {
        var offered = Offered(request);
        if (offered.Contains(SubprotocolNames.Enveloped, StringComparer.Ordinal))
            return SubprotocolNames.Enveloped;
        // The token becomes part of a response header, so only printable ASCII is returned.
        return settings.SubprotocolToken ? offered.FirstOrDefault(entry => IsToken(entry) && !entry.AsSpan().ContainsAnyExceptInRange('!', '~')) : null;
    }

    /// <summary>The token that the client offers; null for none.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        if (Offered(request).FirstOrDefault(IsToken) is not { } entry)
            return null;
        var token = entry.StartsWith(SubprotocolNames.PlainToken, StringComparison.Ordinal)
            ? entry[SubprotocolNames.PlainToken.Length..]
            : Decode(entry[SubprotocolNames.EncodedToken.Length..]);
        return token.Length > 0 ? token : null;
    }

    // A token that cannot be decoded or contains characters that are not allowed in a header (RFC 9110 §5.5) is left encoded, so authentication rejects it.
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

    private static bool IsToken(string entry) =>
        entry.StartsWith(SubprotocolNames.PlainToken, StringComparison.Ordinal) || entry.StartsWith(SubprotocolNames.EncodedToken, StringComparison.Ordinal);
}
