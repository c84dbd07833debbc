using System.Net;
using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Hosting;

/// <summary>Pages that are for the machine itself, unless the application says otherwise.</summary>
internal static class LocalRequests
{
    // What proxies add, and what ForwardedHeaders of ASP.NET Core takes away once it has put the request right.
    private static readonly string[] Forwarded =
        ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Real-IP", "Via"];

    /// <summary>
    /// Answers a request from elsewhere with 403. A connection without an address, such as a pipe, is of this machine. A request under another
    /// name than that of this machine may come from a page whose name its owner points here (DNS rebinding), and one that a proxy has passed
    /// on comes from wherever the proxy got it.
    /// </summary>
    /// <returns>True when it was refused: nothing more is to be written.</returns>
    public static async ValueTask<bool> RefuseAsync(HttpContext context)
    {
        if (IsOfThisMachine(context.Connection.RemoteIpAddress) && IsNameOfThisMachine(context.Request.Host)
            && !Forwarded.Any(context.Request.Headers.ContainsKey))
            return false;
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(
            "This page answers requests of this machine alone, addressed to localhost, 127.0.0.1 or [::1] and not passed on by a proxy. "
            + "An application may open it to others: localOnly: false, with RequireAuthorization.");
        return true;
    }

    private static bool IsOfThisMachine(IPAddress? address) => address is null || IPAddress.IsLoopback(address);

    private static bool IsNameOfThisMachine(HostString host) =>
        string.Equals(host.Host.TrimEnd('.'), "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Host, out var address) && IPAddress.IsLoopback(address));
}
