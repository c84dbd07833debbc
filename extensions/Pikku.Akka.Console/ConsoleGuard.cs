using Microsoft.AspNetCore.Http;
using Pikku.Akka.Hosting;
using Pikku.Akka.Requests;

namespace Pikku.Akka.OperatorConsole;

/// <summary>Refuses requests that the console does not answer.</summary>
internal static class ConsoleGuard
{
    /// <summary>Answers a request of another machine with 403, unless the endpoint requires authorization. ASP.NET Core has checked the policy by then.</summary>
    /// <returns>True when the request was refused. The response is complete then.</returns>
    public static ValueTask<bool> RefuseAsync(HttpContext context) => LocalRequests.RefuseAsync(context);

    /// <summary>
    /// As <see cref="RefuseAsync"/>, and also refuses pages of other origins. <c>pikku.upgrade.origins</c> is for the clients of the application: a page that may use those must not use the
    /// cookie of an operator.
    /// </summary>
    public static async ValueTask<bool> RefuseUpgradeAsync(HttpContext context)
    {
        if (await RefuseAsync(context))
            return true;
        if (context.Request.Headers.Origin is not [{ Length: > 0 } origin] || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && OriginPolicy.IsOwn(uri, context.Request)))
            return false;
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync("The console accepts its own page alone, and no page of another origin. Behind a proxy, use its forwarded headers (UseForwardedHeaders).");
        return true;
    }
}
