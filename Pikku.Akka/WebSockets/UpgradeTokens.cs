using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Browsers can't set headers on an upgrade. A token in a subprotocol entry or in the query becomes the bearer header here, before the
/// application's authentication looks for one, so that every bearer scheme understands it. The more explicit one counts: that of the header,
/// then that of a subprotocol, then that of the query.
/// </summary>
internal static class UpgradeTokens
{
    public const string QueryParameter = OpeningDataBinder.TokenParameter;

    private const string Scheme = "Bearer";

    /// <summary>
    /// Moves the token, when there is one and no header has one. A header of another scheme belongs to somebody in front of the server, such
    /// as a proxy with a password, and gives way.
    /// </summary>
    public static void MoveToHeader(HttpRequest request, UpgradeSettings settings)
    {
        var shown = request.Headers.Authorization.Where(IsBearer).Distinct(StringComparer.Ordinal).ToArray();
        if (shown.Length > 0)
            // Two tokens stay two, and no scheme accepts that.
            request.Headers.Authorization = new StringValues(shown);
        else if (Find(request, settings) is { } token)
            request.Headers.Authorization = $"{Scheme} {token}";
    }

    /// <summary>True for a request that shows a bearer token.</summary>
    public static bool AreShown(HttpRequest request) => request.Headers.Authorization.Any(IsBearer);

    private static bool IsBearer(string? header) =>
        header is not null && header.Length > Scheme.Length && header[Scheme.Length] == ' ' && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    private static string? Find(HttpRequest request, UpgradeSettings settings)
    {
        if (settings.SubprotocolToken && Subprotocols.TokenOf(request) is { } offered)
            return offered;
        if (!settings.QueryToken)
            return null;
        // The same one twice is one. Of two different ones none is more explicit: both are shown, and no scheme accepts that.
        var tokens = request.Query[QueryParameter].Where(token => !string.IsNullOrEmpty(token)).Distinct(StringComparer.Ordinal).ToArray();
        return tokens.Length == 0 ? null : string.Join(", ", tokens);
    }
}
