namespace Pikku.Akka.Channels;

/// <summary>
/// Since when a client takes nothing of what is being written to it. It has no clock of its own: somebody asks now and then and says what time it
/// is, and what has changed since the last question counts from the time of this one.
/// </summary>
internal struct StallClock
{
    private int _progress;
    private int _progressSeen;
    private long _since;

    /// <summary>
    /// The client has taken something. Only the transport calls it, with or without the lock of the outbox; the one who asks may read an older
    /// value, and then sees the progress when it asks again.
    /// </summary>
    public void Progressed() => Volatile.Write(ref _progress, _progress + 1);

    /// <summary>Since when the client takes nothing; 0 when that is not so. For one caller at a time.</summary>
    /// <param name="now">When it asks.</param>
    /// <param name="isWriting">True while something is being written. What the transport has not begun to write is not the client's fault.</param>
    public long Since(long now, bool isWriting)
    {
        var progress = Volatile.Read(ref _progress);
        if (!isWriting)
            _since = 0;
        else if (progress != _progressSeen || _since == 0)
            _since = now;
        _progressSeen = progress;
        return _since;
    }
}
