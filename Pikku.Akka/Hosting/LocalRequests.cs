using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Hosting;

/// <summary>Restricts pages to requests from the same machine, until the application says who may see them.</summary>
internal static class LocalRequests
{
    // The headers that proxies add. The middleware ForwardedHeaders of ASP.NET Core removes them after it has applied them to the request.
    private static readonly string[] Forwarded =
        ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Real-IP", "Via"];

    /// <summary>
    /// Answers a request from another machine with 403, unless the endpoint requires authorization or allows anonymous requests. A connection without an address, such as a pipe, is local. A request with a host name other than the names
    /// of this machine may come from a page whose owner points its domain to this machine (DNS rebinding), and a request with a header of a proxy may come
    /// from any machine. Both are refused.
    /// </summary>
    /// <returns>True when the request was refused. The response is complete then.</returns>
    public static async ValueTask<bool> RefuseAsync(HttpContext context)
    {
        if (HasAuthorization(context.GetEndpoint()))
            return false;
        if (IsLocalAddress(context.Connection.RemoteIpAddress) && IsLocalName(context.Request.Host)
            && !Forwarded.Any(context.Request.Headers.ContainsKey))
            return false;
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(
            "This page answers requests of this machine alone, addressed to localhost, 127.0.0.1 or [::1] and not passed on by a proxy. "
            + "An application opens it to others with RequireAuthorization or AllowAnonymous on the result of its Map method.");
        return true;
    }

    // The application decides who may see the page, and the middleware of ASP.NET Core has checked it.
    private static bool HasAuthorization(Endpoint? endpoint) =>
        endpoint?.Metadata.Any(metadata => metadata is IAuthorizeData or IAllowAnonymous) == true;

    private static bool IsLocalAddress(IPAddress? address) => address is null || IPAddress.IsLoopback(address);

    private static bool IsLocalName(HostString host) =>
        string.Equals(host.Host.TrimEnd('.'), "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Host, out var address) && IPAddress.IsLoopback(address));
}
