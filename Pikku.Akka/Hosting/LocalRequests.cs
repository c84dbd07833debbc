using System.Net;
using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Hosting;

/// <summary>Pages that are for the machine itself, unless the application says otherwise.</summary>
internal static class LocalRequests
{
    /// <summary>Answers a request from another machine with 403. A connection without an address, such as a pipe, is of this one.</summary>
    /// <returns>True when it was refused: nothing more is to be written.</returns>
    public static bool Refuse(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
            return false;
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return true;
    }
}
