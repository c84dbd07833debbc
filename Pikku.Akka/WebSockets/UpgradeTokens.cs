using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Browsers can't set headers on an upgrade. A token in the query or in a subprotocol entry becomes the bearer header here, before the
/// application's authentication looks for one, so that every bearer scheme understands it.
/// </summary>
internal static class UpgradeTokens
{
    public const string QueryParameter = "access_token"; // RFC 6750 §2.3

    /// <summary>Moves the token, when there is one and no header says otherwise.</summary>
    public static void MoveToHeader(HttpRequest request, UpgradeSettings settings)
    {
        if (!string.IsNullOrEmpty(request.Headers.Authorization))
            return;
        if (Find(request, settings) is { } token)
            request.Headers[HeaderNames.Authorization] = "Bearer " + token;
    }

    private static string? Find(HttpRequest request, UpgradeSettings settings)
    {
        if (settings.QueryToken && request.Query.TryGetValue(QueryParameter, out var query) && query is [{ Length: > 0 } token])
            return token;
        return settings.SubprotocolToken ? Subprotocols.TokenOf(request) : null;
    }
}
