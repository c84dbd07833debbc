namespace Pikku.Akka.Sessions;

/// <summary>The current session of one connection, shared by all messages of the connection. Safe from any thread.</summary>
/// <param name="clock">Decides when a session has expired.</param>
/// <param name="token">The end of the connection's token; null without a token or when the token has no end.</param>
internal sealed class SessionHolder(TimeProvider clock, TokenEnd? token = null)
{
    private readonly Lock _gate = new();
    private volatile IPikkuSession? _session;
    private volatile TokenEnd? _token = token;
    private string? _user; // read once, when the session is set: ending the sessions of a user must not run the session code of other connections
    private SessionFence? _fence; // of the login of _user; null when it has stored no session yet
    private Action<object, string?, string?>? _userChanged;
    private object? _watched;
    private Action? _changed;
    private int _epoch;

    /// <summary>The end of the connection's token; null without a token or when the token has no end.</summary>
    public TokenEnd? Token => _token;

    /// <summary>The session; null when the connection has none or it has expired.</summary>
    public IPikkuSession? Current
    {
        get
        {
            var session = _session;
            if (session is null || !HasExpired(session))
                return session;
            lock (_gate)
                return IsExpiredNow() ? null : _session;
        }
    }

    /// <summary>The number of times that a session was ended. A message reads it at its start and passes it when it sets a session.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>True when the session has expired.</summary>
    public bool IsExpired
    {
        get
        {
            if (_session is not { } session || !HasExpired(session))
                return false;
            lock (_gate)
                return IsExpiredNow();
        }
    }

    /// <summary>
    /// Calls back with the previous and the new user, now and on each change. The calls are made within the lock of this session, so that they arrive in order.
    /// </summary>
    /// <param name="watched">The first argument of the calls: an argument, so that all connections share one delegate.</param>
    /// <param name="userChanged">Called with the previous user and the new one.</param>
    public void Watch(object watched, Action<object, string?, string?> userChanged)
    {
        lock (_gate)
        {
            StopWatching();
            (_watched, _userChanged) = (watched, userChanged);
            userChanged(watched, null, _user);
        }
    }

    /// <summary>Ends the callbacks, with a last call for "no user".</summary>
    public void StopWatching()
    {
        lock (_gate)
        {
            _userChanged?.Invoke(_watched!, _user, null);
            (_watched, _userChanged) = (null, null);
        }
    }

    /// <summary>Calls back after each change of the session, within the lock of this session. The callback must not block.</summary>
    public void WatchChanges(Action changed)
    {
        lock (_gate)
            _changed = changed;
    }

    /// <summary>Sets the session, unless another message has ended a session since <paramref name="epoch"/> was read.</summary>
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

    /// <summary>
    /// Replaces the session and the end of the token by those of a new token, unless another message has ended a session since <paramref name="epoch"/> was
    /// read, or the new token belongs to another user.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="end">The end of the token; null when it has none.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="renewing">Called within the lock when the new session is about to be in force; null for nothing.</param>
    public SessionRenewal Renew(IPikkuSession session, TokenEnd? end, int epoch, Action? renewing = null)
    {
        lock (_gate)
        {
            if (epoch != _epoch)
                return SessionRenewal.Ended;
            // A session that has expired but is still here belongs to its user: the connection has subscriptions of that user.
            if (_session is not null && _user != session.UserId)
                return SessionRenewal.OtherUser;
            renewing?.Invoke();
            _token = end;
            Put(session);
            return SessionRenewal.Renewed;
        }
    }

    /// <summary>Returns the fence of the login of a user; null when it is not known, or the session does not belong to the user.</summary>
    public SessionFence? FenceOf(string userId)
    {
        lock (_gate)
            return _user == userId ? _fence : null;
    }

    /// <summary>Sets the fence of the login of a user, if it is not set yet.</summary>
    /// <returns>The fence that applies; null when a session was ended since <paramref name="epoch"/> was read, or the session does not belong to the user any more.</returns>
    public SessionFence? Adopt(string userId, SessionFence fence, int epoch)
    {
        lock (_gate)
            return epoch == _epoch && _user == userId ? _fence ??= fence : null;
    }

    /// <summary>Ends the session.</summary>
    /// <returns>The session that ended, and the new epoch.</returns>
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
    /// Removes an expired session, unless a message has set another one. The epoch does not change because nobody ended the session, so a message
    /// that is renewing it still may.
    /// </summary>
    public void ClearExpired()
    {
        lock (_gate)
        {
            if (IsExpired)
                Put(null);
        }
    }

    /// <summary>Ends the session if it belongs to the user.</summary>
    public void ClearOf(string userId)
    {
        lock (_gate)
        {
            if (_user == userId)
                Clear();
        }
    }

    /// <summary>True when a session has expired.</summary>
    /// <param name="session">The session.</param>
    /// <param name="end">The end of its token.</param>
    /// <param name="now">The current time.</param>
    public static bool HasExpired(IPikkuSession session, TokenEnd? end, DateTimeOffset now) =>
        session.ExpiresAt is { } expiry && (end?.Of(expiry) ?? expiry) <= now;

    private void Put(IPikkuSession? session)
    {
        var (before, after) = (_user, session?.UserId);
        var isSame = ReferenceEquals(_session, session);
        (_session, _user) = (session, after);
        if (before != after)
            _fence = null; // another login
        if (_userChanged is { } changed && before != after)
            changed(_watched!, before, after);
        if (!isSame)
            _changed?.Invoke();
    }

    private bool HasExpired(IPikkuSession session) => HasExpired(session, _token, clock.GetUtcNow());

    // A renewal replaces two fields. A reader between the two may measure the old session by the new token, and so deny it the clock skew of its own token.
    // Therefore the lock confirms that a session has expired, which is rare.
    private bool IsExpiredNow() => _session is { } session && HasExpired(session);
}
