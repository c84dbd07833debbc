using Microsoft.AspNetCore.Http;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Requests;

/// <summary>
/// Decides which pages may open a connection: those of the server's own origin and those of the configured origins. Browsers do not apply CORS to WebSockets
/// (RFC 6455 §10.2), so this check prevents foreign pages from using the cookies of a user. A request without an origin does not come from a browser.
/// </summary>
internal static class OriginPolicy
{
    public static bool Allows(HttpRequest request, UpgradeSettings settings)
    {
        string? origin = request.Headers.Origin;
        if (string.IsNullOrEmpty(origin) || settings.Origins.Contains(OriginRule.Any))
            return true;
        return OriginRule.Read(origin) is { } uri && (settings.OriginRules.Any(rule => rule.Allows(uri)) || IsOwn(uri, request));
    }

    // The owner of a domain may point it to this server; pages of that domain then have the server's own origin (DNS rebinding). AllowedHosts of ASP.NET Core
    // must refuse such requests, because it knows the names of the server.
    public static bool IsOwn(Uri origin, HttpRequest request)
    {
        var own = request.Host;
        return string.Equals(origin.Scheme, request.Scheme, StringComparison.OrdinalIgnoreCase) &&
            string.Equals(origin.Host, own.Host, StringComparison.OrdinalIgnoreCase) &&
            origin.Port == (own.Port ?? (request.IsHttps ? 443 : 80));
    }
}
