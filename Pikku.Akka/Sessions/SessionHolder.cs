namespace Pikku.Akka.Sessions;

/// <summary>The session of one connection as it is now. Every message of the connection shares it; any thread may use it.</summary>
/// <param name="clock">Tells when a session has expired.</param>
/// <param name="token">When the token of the connection ends; null when there is none or it has no end.</param>
internal sealed class SessionHolder(TimeProvider clock, TokenEnd? token = null)
{
    private readonly Lock _gate = new();
    private volatile IPikkuSession? _session;
    private string? _user; // asked once, when the session is set: whoever ends sessions must not run the code of another connection's
    private Action<string?, string?>? _userChanged;
    private int _epoch;

    /// <summary>When the token of the connection ends; null when there is none or it has no end.</summary>
    public TokenEnd? Token => token;

    /// <summary>The session; null when there is none or it has expired.</summary>
    public IPikkuSession? Current => _session is { } session && !HasExpired(session) ? session : null;

    /// <summary>Counts how often a session was ended. A message remembers it at its start and shows it when it sets a session.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>True when a session is there whose time is over.</summary>
    public bool IsExpired => _session is { } session && HasExpired(session);

    /// <summary>
    /// Tells, now and from now on, whose session it is: the user before and after. Null ends that, with nobody as the last one. Called
    /// within the lock of this session, so that what it is told is in order.
    /// </summary>
    public void Watch(Action<string?, string?>? userChanged)
    {
        lock (_gate)
        {
            _userChanged?.Invoke(_user, null);
            _userChanged = userChanged;
            _userChanged?.Invoke(null, _user);
        }
    }

    /// <summary>Sets the session, unless another message has ended one since <paramref name="epoch"/> was read.</summary>
    public bool TrySet(IPikkuSession session, int epoch)
    {
        lock (_gate)
        {
            if (epoch != _epoch)
                return false;
            Put(session);
            return true;
        }
    }

    /// <summary>Ends the session.</summary>
    /// <returns>What was there, and the epoch that begins.</returns>
    public (IPikkuSession? Ended, int Epoch) Clear()
    {
        lock (_gate)
        {
            var ended = _session;
            Put(null);
            return (ended, ++_epoch);
        }
    }

    /// <summary>
    /// Forgets a session whose time is over, unless a message has set another one. It ended by itself: the epoch goes on, so that a
    /// message that is just renewing it may.
    /// </summary>
    public void ClearExpired()
    {
        lock (_gate)
        {
            if (IsExpired)
                Put(null);
        }
    }

    /// <summary>Ends the session if it is that of a user.</summary>
    public void ClearOf(string userId)
    {
        lock (_gate)
        {
            if (_user == userId)
                Clear();
        }
    }

    private void Put(IPikkuSession? session)
    {
        var (before, after) = (_user, session?.UserId);
        (_session, _user) = (session, after);
        if (_userChanged is { } changed && before != after)
            changed(before, after);
    }

    private bool HasExpired(IPikkuSession session) => session.ExpiresAt is { } end && (token?.Of(end) ?? end) <= clock.GetUtcNow();
}
