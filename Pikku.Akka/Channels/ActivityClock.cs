namespace Pikku.Akka.Channels;

/// <summary>
/// The times of the last activity on one connection, as timestamps of the clock. The receive loop, senders and the connection's actor write them;
/// the sweep reads them. Each time is one word that is read and written atomically, so any thread may do either.
/// </summary>
internal sealed class ActivityClock
{
    private readonly TimeProvider _clock;
    private long _receivedAt;
    private long _receivingSince;
    private long _usedAt;
    private long _busySince;
    private long _life; // the start while the connection is open, the complement of the time of closing after that: one word less for each connection

    public ActivityClock(TimeProvider clock)
    {
        _clock = clock;
        _receivedAt = _usedAt = _life = clock.GetTimestamp();
    }

    /// <summary>The time at which the last byte arrived from the client, pongs included.</summary>
    public long ReceivedAt => Volatile.Read(ref _receivedAt);

    /// <summary>The time at which the first part of the incomplete message arrived; 0 while no message is being received.</summary>
    public long ReceivingSince => Volatile.Read(ref _receivingSince);

    /// <summary>The time of the last message in either direction.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>The start time of the oldest running message; 0 when no message runs.</summary>
    public long BusySince => Volatile.Read(ref _busySince);

    /// <summary>The time at which the connection began to close; 0 while it is open.</summary>
    public long ClosingSince => Volatile.Read(ref _life) is var life and < 0 ? ~life : 0;

    /// <summary>The time at which the connection was opened; 0 when it has begun to close.</summary>
    public long OpenSince => Math.Max(0, Volatile.Read(ref _life));

    /// <summary>Records that bytes have arrived from the client.</summary>
    public void NoteReceived() => Volatile.Write(ref _receivedAt, _clock.GetTimestamp());

    /// <summary>Records that an incomplete message has arrived. Only the first call of each message sets the time.</summary>
    public void BeginReceiving()
    {
        if (_receivingSince == 0) // only the receive loop writes this field
            Volatile.Write(ref _receivingSince, _clock.GetTimestamp());
    }

    /// <summary>Records that the message is complete.</summary>
    public void EndReceiving() => Volatile.Write(ref _receivingSince, 0);

    /// <summary>Records a message in either direction.</summary>
    public void NoteUsed() => NoteUsed(_clock.GetTimestamp());

    /// <inheritdoc cref="NoteUsed()"/>
    public void NoteUsed(long now) => Volatile.Write(ref _usedAt, now);

    /// <summary>Records the start time of the oldest running message; 0 for none. Called by the connection's actor.</summary>
    public void NoteBusy(long since) => Volatile.Write(ref _busySince, since);

    /// <summary>Records that the connection begins to close. Only the first call sets the time.</summary>
    public void NoteClosing()
    {
        // Timestamps are not negative, so that the sign tells the two meanings apart. Only one thread replaces the start, which is written once before.
        if (Volatile.Read(ref _life) is var opened and >= 0)
            Interlocked.CompareExchange(ref _life, ~_clock.GetTimestamp(), opened);
    }
}
