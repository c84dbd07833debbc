namespace Pikku.Akka.Channels;

/// <summary>
/// Whether a transport rests, has been woken or takes messages, and so what it has to be told when more waits. For one thread at a time.
/// </summary>
internal struct WakeState
{
    // Once so much waits for a transport that has not begun, it is not left to wait for the end of the function that sends.
    private const int UrgentAbove = 64 * 1024; // bytes

    private bool _awake;
    private bool _begun;
    private int _urgentAbove;

    /// <summary>What to tell a transport.</summary>
    public enum Call
    {
        /// <summary>Nothing: it knows, and comes by itself.</summary>
        None,

        /// <summary><see cref="IConnectionTransport.Write"/>.</summary>
        Write,

        /// <summary><see cref="IConnectionTransport.WriteNow"/>.</summary>
        WriteNow,
    }

    /// <summary>Something has been added.</summary>
    /// <param name="weight">How much waits now, or is being written.</param>
    public Call Added(int weight)
    {
        if (!_awake)
            return Wake();
        if (_begun || weight < _urgentAbove)
            return Call.None;
        // Again after as much more: the run that was asked for may not even be queued yet, and then there is nothing to bring forward.
        _urgentAbove = weight + UrgentAbove;
        return Call.WriteNow;
    }

    /// <summary>The transport has to look into the outbox.</summary>
    public Call Wake()
    {
        if (_awake)
            return Call.None;
        _awake = true;
        _begun = false;
        _urgentAbove = UrgentAbove;
        return Call.Write;
    }

    /// <summary>The transport takes messages.</summary>
    public void Begun() => _begun = true;

    /// <summary>The transport found nothing, and rests until it is woken.</summary>
    public void Rests() => _awake = false;
}
