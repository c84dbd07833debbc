using System.Net;
using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Requests;

/// <summary>
/// Aborts a request as long as it runs. Servers reuse the objects of a completed request for the next one, which a late call must not abort.
/// </summary>
/// <param name="abort">Aborts the request that currently uses the objects.</param>
internal sealed class RequestCutoff(Action abort)
{
    private readonly Lock _gate = new();
    private bool _disarmed;

    /// <summary>
    /// The address of the client; null when the request has ended. The request is the target of the delegate, so that a connection needs no field for it.
    /// </summary>
    public IPAddress? Address
    {
        get
        {
            lock (_gate)
                return _disarmed ? null : (abort.Target as HttpContext)?.Connection.RemoteIpAddress;
        }
    }

    public void Abort()
    {
        lock (_gate)
            if (!_disarmed)
                abort();
    }

    /// <summary>Called when the request ends. Later calls of <see cref="Abort"/> have no effect.</summary>
    public void Disarm()
    {
        lock (_gate)
            _disarmed = true;
    }
}
