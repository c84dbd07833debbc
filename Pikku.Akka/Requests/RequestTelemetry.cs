using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.Requests;

/// <summary>
/// Limits the telemetry of an upgraded request to its handshake. A normal request takes milliseconds, but an upgraded one lasts as long as its connection: a few
/// connections that last hours would distort the request durations of the server. Connections have their own instruments.
/// </summary>
internal static class RequestTelemetry
{
    /// <summary>Excludes the request from <c>http.server.request.duration</c>, and ends its activity now.</summary>
    public static void EndWithHandshake(HttpContext context, TimeProvider clock)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            metrics.MetricsDisabled = true;
        // The server stops the activity, with its status, when the request completes. It keeps an end time that has been set before.
        context.Features.Get<IHttpActivityFeature>()?.Activity.SetEndTime(clock.GetUtcNow().UtcDateTime);
    }
}
