using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Pikku.Akka.Requests;

/// <summary>
/// Limits the telemetry of an upgraded request, and of a request for an event stream, to its handshake. A normal request takes milliseconds, but these last as long
/// as their connections: a few connections that last hours would distort the request durations of the server. Connections have their own instruments.
/// </summary>
internal static class RequestTelemetry
{
    /// <summary>Excludes the request from <c>http.server.request.duration</c>, and ends its activity now, so that it is exported with the others of its trace.</summary>
    public static void EndWithHandshake(HttpContext context, TimeProvider clock)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            metrics.MetricsDisabled = true;
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsStopped: false } activity)
            return;
        try
        {
            // The server or an instrumentation adds these when the request completes, which is too late now.
            if (activity.IsAllDataRequested)
                Describe(activity, context);
            activity.SetEndTime(clock.GetUtcNow().UtcDateTime);
            // The server stops the activity again when the request completes. That has no effect.
            activity.Stop();
        }
        catch (Exception)
        {
            // Thrown by a listener, which must not end the connection.
        }
    }

    private static void Describe(Activity activity, HttpContext context)
    {
        activity.SetTag("http.response.status_code", context.Response.StatusCode);
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is not { } route)
            return;
        activity.SetTag("http.route", route);
        activity.DisplayName = $"{context.Request.Method} {route}";
    }
}
