using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Pikku.Akka.Requests;

/// <summary>Detects requests for a WebSocket upgrade, including malformed ones.</summary>
internal static class UpgradeRequest
{
    private const string WebSocket = "websocket";

    public static bool Is(HttpRequest request) =>
        request.Headers.GetCommaSeparatedValues(HeaderNames.Upgrade).Any(value => string.Equals(value, WebSocket, StringComparison.OrdinalIgnoreCase)) ||
        string.Equals(request.HttpContext.Features.Get<IHttpExtendedConnectFeature>()?.Protocol, WebSocket, StringComparison.OrdinalIgnoreCase);
}
