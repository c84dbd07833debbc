namespace Pikku.Akka.Channels;

/// <summary>
/// Measures since when a client has read nothing of the data that is being written to it. It has no clock: a caller polls it periodically and passes the current
/// time. Progress since the last poll is counted from the time of the current poll.
/// </summary>
internal struct StallClock
{
    private int _progress;
    private int _progressSeen;
    private long _since;

    /// <summary>
    /// Records that the client has read data. Only the transport calls it, with or without the lock of the outbox. The polling thread may read an older value;
    /// it then sees the progress at its next poll.
    /// </summary>
    public void ReportProgress() => Volatile.Write(ref _progress, _progress + 1);

    /// <summary>The time since which the client has read nothing; 0 when it is not stalled. For one caller at a time.</summary>
    /// <param name="now">The time of this call.</param>
    /// <param name="isWriting">True while data is being written. Messages that the transport has not begun to write do not count against the client.</param>
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
