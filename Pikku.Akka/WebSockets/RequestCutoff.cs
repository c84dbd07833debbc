namespace Pikku.Akka.WebSockets;

/// <summary>
/// Cuts a request off, as long as it runs. Servers use the objects of a request that is over for the next one, which must not be hit by
/// somebody who comes late.
/// </summary>
/// <param name="abort">Cuts it off, whichever runs.</param>
internal sealed class RequestCutoff(Action abort)
{
    private readonly Lock _gate = new();
    private bool _over;

    public void Cut()
    {
        lock (_gate)
            if (!_over)
                abort();
    }

    /// <summary>The request ends: from here on nothing is cut off.</summary>
    public void Disarm()
    {
        lock (_gate)
            _over = true;
    }
}
