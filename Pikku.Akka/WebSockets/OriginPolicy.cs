using Microsoft.AspNetCore.Http;
using Pikku.Akka.Settings;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Which pages may open a connection: those of this server's own origin and those that are listed. Browsers do not apply CORS to
/// WebSockets (RFC 6455 §10.2), so this is what keeps foreign pages from using somebody's cookies. Clients that send no origin are no browsers.
/// </summary>
internal static class OriginPolicy
{
    private const string Any = "*";

    public static bool Allows(HttpRequest request, UpgradeSettings settings)
    {
        string? origin = request.Headers.Origin;
        if (string.IsNullOrEmpty(origin))
            return true;
        foreach (var allowed in settings.Origins)
            if (allowed == Any || string.Equals(allowed.TrimEnd('/'), origin, StringComparison.OrdinalIgnoreCase))
                return true;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsOwn(uri, request);
    }

    private static bool IsOwn(Uri origin, HttpRequest request)
    {
        var own = request.Host;
        return string.Equals(origin.Scheme, request.Scheme, StringComparison.OrdinalIgnoreCase) &&
            string.Equals(origin.Host, own.Host, StringComparison.OrdinalIgnoreCase) &&
            origin.Port == (own.Port ?? (request.IsHttps ? 443 : 80));
    }
}
