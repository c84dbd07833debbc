using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventStreams;
using Pikku.Akka.Settings;
using Pikku.Akka.Requests;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Limits the time of the application's code around an upgrade or an event stream, no matter what the code does: the time of its middleware before the connection
/// (<c>connection.handshake-timeout</c>) and the time to dispose its services after the connection (<c>connection.close-timeout</c>).
/// </summary>
internal sealed class UpgradeBoundFilter(
    PikkuSettings settings, IServiceScopeFactory scopes, TimeProvider clock, PikkuMetrics metrics, PikkuLog log, BackgroundTasks background)
    : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(rest => context => UpgradeRequest.Is(context.Request) || EventStreamRequest.Is(context.Request) ? ServeAsync(context, rest) : rest(context));
        next(app);
    };

    // Most requests reach their channel before the middleware awaits anything. Then nothing has to be limited, and the connection needs no state of this method.
    private Task ServeAsync(HttpContext context, RequestDelegate rest)
    {
        ConnectionServices.Install(context, scopes, settings.Connection.CloseTimeout, clock, log, background);
        var pending = PendingRequest.Begin(context);
        var serving = rest(context);
        return pending.HasArrived ? serving : LimitAsync(context, pending, serving);
    }

    private async Task LimitAsync(HttpContext context, PendingRequest pending, Task serving)
    {
        // Requests to other endpoints have no limit.
        if (await pending.ArrivesWithinAsync(serving, settings.Connection.HandshakeTimeout, clock)
            || ChannelOf(context) is not { } channel
            || context.Response.HasStarted || !pending.TryExpire())
        {
            await serving;
            return;
        }

        // The middleware may continue to run, and nothing else awaits it.
        background.Observe(serving, "The middleware of a refused request");
        QueryTokens.GiveUp(context);
        var refusal = RequestRefusal.TookTooLong(context);
        metrics.UpgradeRefused(channel, refusal.Status);
        log.UpgradeRefused(channel, refusal.Status, "The middleware of the application took longer than pikku.connection.handshake-timeout.");
        await ProblemWriter.WriteAsync(context, refusal);
    }

    private static string? ChannelOf(HttpContext context) => context.GetEndpoint() is { } endpoint
        ? endpoint.Metadata.GetMetadata<ChannelRouteMetadata>()?.Channel ?? endpoint.Metadata.GetMetadata<EventStreamRouteMetadata>()?.Channel
        : null;
}
