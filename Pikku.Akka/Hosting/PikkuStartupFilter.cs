using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Settings;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka.Hosting;

/// <summary>
/// What must stand around the application's whole pipeline: tokens are found before its authentication looks for them, and an upgrade that
/// found no channel gets a problem like every other refused one.
/// </summary>
internal sealed class PikkuStartupFilter(PikkuSettings settings, ChannelAddresses addresses) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, rest) =>
        {
            if (!UpgradeRequest.Is(context.Request))
            {
                await rest(context);
                return;
            }

            UpgradeTokens.MoveToHeader(context.Request, settings.Upgrade);
            await rest(context);
            if (!context.Response.HasStarted && Unrouted(context.Response.StatusCode) is { } refusal)
                await ProblemWriter.WriteAsync(context, refusal);
        });
        next(app);
        // Not before: now the endpoints are all there.
        if (addresses.Mistakes() is { Count: > 0 } mistakes)
            throw new PikkuWiringException(mistakes);
    };

    private static UpgradeRefusal? Unrouted(int status) => status switch
    {
        StatusCodes.Status404NotFound => new(status, "Not Found", "No channel has this route."),
        StatusCodes.Status405MethodNotAllowed => new(status, "Method Not Allowed", "A WebSocket is opened with GET (RFC 6455 §4.1)."),
        _ => null,
    };
}
