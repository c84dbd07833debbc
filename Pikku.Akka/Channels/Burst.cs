namespace Pikku.Akka.Channels;

/// <summary>
/// Messages of one connection that waited together, on their way as one: they cross each hop once, and run one after another as they would
/// alone. The connection's actor makes it and takes back what it leaves; between the two, whoever runs the current message owns it.
/// </summary>
/// <remarks>
/// Two race for the current message, its run and its deadline (<see cref="Exchange.Expire"/>). Who wins owns the burst from there on: a run
/// that lost touches nothing more.
/// </remarks>
internal sealed class Burst(List<Exchange> exchanges)
{
    // Replies of a burst go out together. One that runs longer keeps neither them waiting nor the other connections of the lane.
    private static readonly TimeSpan s_maxTime = TimeSpan.FromMilliseconds(1);

    private const int None = -1;

    private int _finished;
    private bool _ended;
    private int _suspendedAt = None;
    private int _told;

    /// <summary>The messages, in order.</summary>
    public IReadOnlyList<Exchange> Exchanges => exchanges;

    /// <summary>How many are over; what they answer is there to be sent.</summary>
    public int Finished => Volatile.Read(ref _finished);

    /// <summary>True when nothing more of it begins by itself.</summary>
    public bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>True once a message of it waits for something: nobody but the connection's actor goes on with those behind it.</summary>
    public bool IsSuspended => SuspendedAt != None;

    /// <summary>Where in the burst that message stands.</summary>
    public int SuspendedAt => Volatile.Read(ref _suspendedAt);

    /// <summary>True when the connection's actor has thrown away what had not begun. Its own.</summary>
    public bool IsDropped { get; set; }

    /// <summary>How many the connection's actor has concluded. Its own.</summary>
    public int Concluded { get; set; }

    /// <summary>Tells the messages that they go together. None of them has begun.</summary>
    public void Join()
    {
        foreach (var exchange in exchanges)
        {
            exchange.Burst = this;
            exchange.StartedAt = 0;
        }
    }

    /// <summary>The current message is over; gives the next one, if there is one.</summary>
    public Exchange? Advance()
    {
        // Interlocked: who closes the connection and looks at this afterwards, or who begins the next and looks at the connection, sees the other.
        var finished = Interlocked.Increment(ref _finished);
        return finished < exchanges.Count ? exchanges[finished] : null;
    }

    /// <summary>Whether one more may begin now.</summary>
    public bool HasTime(long now, TimeProvider clock) => clock.GetElapsedTime(exchanges[0].StartedAt, now) < s_maxTime;

    /// <summary>The current message waits for something. Interlocked for the reason of <see cref="Advance"/>.</summary>
    public void Suspend() => Interlocked.Exchange(ref _suspendedAt, _finished);

    /// <summary>Claims to tell the connection's actor how far the burst has come. False when it has been told and has not looked yet.</summary>
    public bool TryTell() => Interlocked.Exchange(ref _told, 1) == 0;

    /// <summary>The connection's actor looks: what changes from here on is told anew.</summary>
    public void Look() => Interlocked.Exchange(ref _told, 0);

    /// <summary>Nothing more of it begins.</summary>
    public void End() => Volatile.Write(ref _ended, true);
}
