using System.Net;
using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Requests;

/// <summary>
/// Aborts a request as long as it runs. Servers reuse the objects of a completed request for the next one, which a late call must not abort.
/// </summary>
/// <param name="request">The request.</param>
internal sealed class RequestCutoff(HttpContext request)
{
    private readonly Lock _gate = new();
    private HttpContext? _request = request;

    /// <summary>The address of the client; null when the request has ended.</summary>
    public IPAddress? Address
    {
        get
        {
            lock (_gate)
                return _request?.Connection.RemoteIpAddress;
        }
    }

    public void Abort()
    {
        lock (_gate)
            _request?.Abort();
    }

    /// <summary>Called when the request ends. Later calls of <see cref="Abort"/> have no effect.</summary>
    public void Disarm()
    {
        lock (_gate)
            _request = null;
    }
}
