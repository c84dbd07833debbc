using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// A request takes milliseconds; one that was upgraded lasts as long as its connection. Where the server measures requests, the handshake is
/// what counts: a few sockets of some hours would hide how fast requests are. Connections have instruments of their own.
/// </summary>
internal static class RequestTelemetry
{
    /// <summary>Takes the request out of <c>http.server.request.duration</c>, and ends its activity now.</summary>
    public static void EndWithHandshake(HttpContext context)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            metrics.MetricsDisabled = true;
        // The server stops the activity when the request is over, with its status; the end that is set by then stays.
        context.Features.Get<IHttpActivityFeature>()?.Activity.SetEndTime(DateTime.UtcNow);
    }
}
