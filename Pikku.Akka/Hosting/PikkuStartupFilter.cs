using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Pikku.Akka.Requests;
using Pikku.Akka.Settings;
using Pikku.Akka.WebSockets;

namespace Pikku.Akka.Hosting;

/// <summary>
/// The middleware around the whole pipeline of the application. It moves the token of an upgrade to a header before the authentication of the application reads
/// it, shows query tokens only within the pipeline, and answers an upgrade without a matching channel with a problem body like every other refused upgrade.
/// </summary>
internal sealed class PikkuStartupFilter(PikkuSettings settings, ChannelAddresses addresses) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(rest => context => QueryTokens.ShowDuringAsync(context, UpgradeRequest.Is(context.Request) ? Upgrade(rest) : rest));
        next(app);
        // This is checked after the application has configured its pipeline, because only then do all endpoints exist.
        if (addresses.Problems() is { Count: > 0 } problems)
            throw new PikkuWiringException(problems);
    };

    private RequestDelegate Upgrade(RequestDelegate rest) => context =>
    {
        UpgradeTokens.MoveToHeader(context.Request, settings.Upgrade);
        var serving = rest(context);
        // The request runs as long as its connection, which would keep the state of the other method.
        return context.Response.HasStarted ? serving : AnswerUnroutedAsync(context, serving);
    };

    private static async Task AnswerUnroutedAsync(HttpContext context, Task serving)
    {
        await serving;
        if (!context.Response.HasStarted && Unrouted(context) is { } refusal)
            await ProblemWriter.WriteAsync(context, refusal);
    }

    private static RequestRefusal? Unrouted(HttpContext context) => context.Response.StatusCode switch
    {
        // If an endpoint of the application answers an upgrade with 404, its response is not changed.
        StatusCodes.Status404NotFound when context.GetEndpoint() is null => new(StatusCodes.Status404NotFound, "Not Found", "No channel has this route."),
        StatusCodes.Status405MethodNotAllowed => new(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed", "A WebSocket is opened with GET (RFC 6455 §4.1)."),
        _ => null,
    };
}
