namespace Pikku.Akka.Channels;

/// <summary>
/// Tracks whether a transport is idle, has been woken or takes messages, and decides which of its methods has to be called. Not thread-safe.
/// </summary>
internal struct WakeState
{
    // When more waits than this and the transport has not started, it is started on another thread instead of after the function that sends.
    private const int UrgentAbove = 64 * 1024; // bytes

    private bool _awake;
    private bool _begun;
    private int _urgentAbove;

    /// <summary>The method of the transport to call.</summary>
    public enum Call
    {
        /// <summary>None: the transport has been woken already.</summary>
        None,

        /// <summary><see cref="IConnectionTransport.Write"/>.</summary>
        Write,

        /// <summary><see cref="IConnectionTransport.WriteNow"/>.</summary>
        WriteNow,
    }

    /// <summary>True from the time at which the transport found no message until it is woken.</summary>
    public readonly bool IsIdle => !_awake;

    /// <summary>Called when a message has been added.</summary>
    /// <param name="weight">The weight of all messages that wait or are being written.</param>
    public Call OnAdded(int weight)
    {
        if (!_awake)
            return Wake();
        if (_begun || weight < _urgentAbove)
            return Call.None;
        // Call again after the same amount: the requested run may not be queued yet, and then WriteNow has no effect.
        _urgentAbove = weight + UrgentAbove;
        return Call.WriteNow;
    }

    /// <summary>Wakes the transport if it is idle.</summary>
    public Call Wake()
    {
        if (_awake)
            return Call.None;
        _awake = true;
        _begun = false;
        _urgentAbove = UrgentAbove;
        return Call.Write;
    }

    /// <summary>Called when the transport takes messages.</summary>
    public void OnStarted() => _begun = true;

    /// <summary>Called when the transport found no message and idles until it is woken.</summary>
    public void OnIdle() => _awake = false;
}
