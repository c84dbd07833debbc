namespace Pikku.Akka.Requests;

/// <summary>
/// Aborts a request as long as it runs. Servers reuse the objects of a completed request for the next one, which a late call must not abort.
/// </summary>
/// <param name="abort">Aborts the request that currently uses the objects.</param>
internal sealed class RequestCutoff(Action abort)
{
    private readonly Lock _gate = new();
    private bool _disarmed;

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
