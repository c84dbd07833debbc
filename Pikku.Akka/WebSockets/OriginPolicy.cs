using Microsoft.AspNetCore.Http;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Which pages may open a connection: those of this server's own origin and those that are listed. Browsers do not apply CORS to
/// WebSockets (RFC 6455 §10.2), so this is what keeps foreign pages from using somebody's cookies. Clients that send no origin are no browsers.
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

    // Whoever owns a name may point it to this server, and his pages then have its own origin (DNS rebinding): that is for AllowedHosts of
    // ASP.NET Core to refuse, which knows the names of the server.
    private static bool IsOwn(Uri origin, HttpRequest request)
    {
        var own = request.Host;
        return string.Equals(origin.Scheme, request.Scheme, StringComparison.OrdinalIgnoreCase) &&
            string.Equals(origin.Host, own.Host, StringComparison.OrdinalIgnoreCase) &&
            origin.Port == (own.Port ?? (request.IsHttps ? 443 : 80));
    }
}
