using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Settings;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka.Hosting;

/// <summary>
/// What must stand around the application's whole pipeline: tokens are found before its authentication looks for them, and are
/// in the query only there; an upgrade that found no channel gets a problem like every other refused one.
/// </summary>
internal sealed class PikkuStartupFilter(PikkuSettings settings, ChannelAddresses addresses) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(rest => context => QueryTokens.ShowDuringAsync(context, UpgradeRequest.Is(context.Request) ? Upgrade(rest) : rest));
        next(app);
        // Not before: now the endpoints are all there.
        if (addresses.Mistakes() is { Count: > 0 } mistakes)
            throw new PikkuWiringException(mistakes);
    };

    private RequestDelegate Upgrade(RequestDelegate rest) => async context =>
    {
        UpgradeTokens.MoveToHeader(context.Request, settings.Upgrade);
        await rest(context);
        if (!context.Response.HasStarted && Unrouted(context) is { } refusal)
            await ProblemWriter.WriteAsync(context, refusal);
    };

    private static UpgradeRefusal? Unrouted(HttpContext context) => context.Response.StatusCode switch
    {
        // An endpoint of the application that answers an upgrade with 404 means something else by it.
        StatusCodes.Status404NotFound when context.GetEndpoint() is null => new(StatusCodes.Status404NotFound, "Not Found", "No channel has this route."),
        StatusCodes.Status405MethodNotAllowed => new(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed", "A WebSocket is opened with GET (RFC 6455 §4.1)."),
        _ => null,
    };
}
