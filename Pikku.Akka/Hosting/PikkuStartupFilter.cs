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
internal sealed class PikkuStartupFilter(PikkuSettings settings) : IStartupFilter
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
            if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false })
                await ProblemWriter.WriteAsync(
                    context, new UpgradeRefusal(StatusCodes.Status404NotFound, "Not Found", "No channel has this route."));
        });
        next(app);
    };
}
