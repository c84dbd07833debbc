using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>The subprotocols that a client offers, and the one that it gets.</summary>
internal static class Subprotocols
{
    /// <summary>Every message is enveloped.</summary>
    public const string Enveloped = "pikku.v1";

    /// <summary>What stands before a token.</summary>
    public const string Token = "pikku.bearer.";

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
        return settings.SubprotocolToken ? offered.FirstOrDefault(IsToken) : null;
    }

    /// <summary>True for an entry that carries a token and may stand in a header again.</summary>
    private static bool IsToken(string entry) =>
        entry.StartsWith(Token, StringComparison.Ordinal) && !entry.AsSpan().ContainsAnyExceptInRange('!', '~');
}
