namespace Pikku.Akka.Channels;

/// <summary>
/// Measures how long a message waits and runs, while something listens. The reply, the deadline and the first item of a stream race for the end of the run, so an exchange
/// claims the measurement. A mutable struct: the message that owns it must not make it read-only.
/// </summary>
internal struct CallTimer
{
    private const long Measured = -1;

    private long _ranFrom; // 0 before the run, Measured after its measurement, and 0 always while nothing listens

    /// <summary>Begins the run now, unless it has begun.</summary>
    public void BeginOnce(InboundMessage message)
    {
        if (Volatile.Read(ref _ranFrom) == 0 && message.Connection.Endpoint.MeasuresCalls)
            Begin(message, message.Connection.Endpoint.Clock.GetTimestamp());
    }

    /// <summary>Begins the run.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">The time, which the caller has read already.</param>
    public void Begin(InboundMessage message, long now)
    {
        if (!message.Connection.Endpoint.MeasuresCalls)
            return;
        Volatile.Write(ref _ranFrom, now);
        message.Connection.Endpoint.MeasureWait(message, now);
    }

    /// <summary>Measures the run until now. Only the first call for a run has an effect.</summary>
    /// <param name="message">The message.</param>
    /// <param name="outcome">The name of the error, or that of success.</param>
    public void End(InboundMessage message, string outcome)
    {
        if (Volatile.Read(ref _ranFrom) is 0 or Measured)
            return;
        var from = Interlocked.Exchange(ref _ranFrom, Measured);
        if (from != Measured)
            message.Connection.Endpoint.MeasureRun(message, from, outcome);
    }

    /// <summary>Measures the wait of a message that never runs: without it, a node whose functions are all blocked would seem to have no queue.</summary>
    public void GiveUp(InboundMessage message)
    {
        if (message.Connection.Endpoint.MeasuresCalls && Interlocked.CompareExchange(ref _ranFrom, Measured, 0) == 0)
            message.Connection.Endpoint.MeasureWait(message, message.Connection.Endpoint.Clock.GetTimestamp());
    }
}
