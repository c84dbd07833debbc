namespace Pikku.Akka.Channels;

/// <summary>
/// When things last happened on one connection, in timestamps of the clock. The receive loop, senders and the connection's actor write, the sweep
/// reads; each time is one word that is written and read at once, so any thread may do either, and sees no half of it.
/// </summary>
internal sealed class ActivityClock
{
    private readonly TimeProvider _clock;
    private long _receivedAt;
    private long _receivingSince;
    private long _usedAt;
    private long _busySince;
    private long _closingSince;

    public ActivityClock(TimeProvider clock)
    {
        _clock = clock;
        _receivedAt = _usedAt = clock.GetTimestamp();
    }

    /// <summary>When the last byte came from the client, pongs included.</summary>
    public long ReceivedAt => Volatile.Read(ref _receivedAt);

    /// <summary>When the message that is being received began to come; 0 while none is.</summary>
    public long ReceivingSince => Volatile.Read(ref _receivingSince);

    /// <summary>When the last message came or went.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>When the oldest message under way began; 0 when none is.</summary>
    public long BusySince => Volatile.Read(ref _busySince);

    /// <summary>When the connection began to close; 0 while it is open.</summary>
    public long ClosingSince => Volatile.Read(ref _closingSince);

    /// <summary>Bytes have come from the client.</summary>
    public void NoteReceived() => Volatile.Write(ref _receivedAt, _clock.GetTimestamp());

    /// <summary>A part of a message has come, and its end has not.</summary>
    public void BeginReceiving()
    {
        if (_receivingSince == 0) // the receive loop alone writes it
            Volatile.Write(ref _receivingSince, _clock.GetTimestamp());
    }

    /// <summary>The message is complete.</summary>
    public void EndReceiving() => Volatile.Write(ref _receivingSince, 0);

    /// <summary>A message has come or gone.</summary>
    public void NoteUsed() => NoteUsed(_clock.GetTimestamp());

    /// <inheritdoc cref="NoteUsed()"/>
    public void NoteUsed(long now) => Volatile.Write(ref _usedAt, now);

    /// <summary>Notes since when something is under way; 0 for nothing. Called by the connection's actor.</summary>
    public void NoteBusy(long since) => Volatile.Write(ref _busySince, since);

    /// <summary>The connection begins to close. The first time counts.</summary>
    public void NoteClosing() => Interlocked.CompareExchange(ref _closingSince, _clock.GetTimestamp(), 0);
}
