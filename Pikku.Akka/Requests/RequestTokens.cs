using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Requests;

/// <summary>
/// Moves the token of a request to the <c>Authorization</c> header. Browsers cannot set headers of an upgrade or of an <c>EventSource</c>, so they send the token in
/// another place. It becomes a bearer header before authentication runs, so that every bearer scheme can read it. The header has precedence.
/// </summary>
internal static class RequestTokens
{
    public const string QueryParameter = OpeningDataBinder.TokenParameter;

    private const string Scheme = "Bearer";

    /// <summary>
    /// Moves the token to the header if the request has no bearer header. A header of another scheme is replaced, because it is meant for an intermediary, such as a
    /// proxy with a password.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="settings">Whether the query may contain a token.</param>
    /// <param name="offered">A token that the request has in another place than its query, which precedes the query; null for none.</param>
    public static void MoveToHeader(HttpRequest request, UpgradeSettings settings, string? offered = null)
    {
        var header = request.Headers.Authorization;
        string?[] bearers = header.Count == 0 ? [] : [.. header.Where(IsBearer).Distinct(StringComparer.Ordinal)];
        if (bearers.Length > 0)
            // Two different tokens are both kept, so that every scheme rejects the request.
            request.Headers.Authorization = new StringValues(bearers);
        else if ((offered ?? Find(request, settings)) is { } token)
            SetBearer(request, token);
    }

    /// <summary>Sets a bearer header.</summary>
    public static void SetBearer(HttpRequest request, string token) => request.Headers.Authorization = $"{Scheme} {token}";

    /// <summary>True when the request has a bearer header.</summary>
    public static bool HasBearer(HttpRequest request) => request.Headers.Authorization is { Count: > 0 } header && header.Any(IsBearer);

    private static bool IsBearer(string? header) =>
        header is not null && header.Length > Scheme.Length && header[Scheme.Length] == ' ' && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    private static string? Find(HttpRequest request, UpgradeSettings settings)
    {
        if (!settings.QueryToken || !request.QueryString.HasValue)
            return null;
        // Duplicates are removed. Two different tokens are both passed on, so that every scheme rejects the request.
        var tokens = request.Query[QueryParameter].Where(token => !string.IsNullOrEmpty(token)).Distinct(StringComparer.Ordinal).ToArray();
        return tokens.Length == 0 ? null : string.Join(", ", tokens);
    }
}
