namespace Pikku.Akka.Clients;

/// <summary>
/// The state of a route, and the connection that it has now. Callers, the attempts to connect and the end of the route change it at the
/// same time, so each decision is made under one lock.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="outbox">The messages that wait for a connection.</param>
/// <param name="inbox">The handlers of messages outside of subscriptions.</param>
/// <param name="subscriptions">The subscriptions, which end with a connection.</param>
/// <param name="reporter">Reports failures of handlers.</param>
internal sealed class PikkuLife(PikkuOptions options, PikkuOutbox outbox, PikkuInbox inbox, PikkuSubscriptions subscriptions, PikkuReporter reporter)
{
    public const string ClosedByClient = "The route was closed.";

    private readonly object _gate = new();
    private readonly PikkuHandlers<PikkuStateChange> _states = new();
    private PikkuSession? _session;
    private PikkuState _state;
    private PikkuClosedException? _closed;
    // Completes with null when the connection is open, or with the reason why it will not be.
    private TaskCompletionSource<Exception?>? _ready;
    private bool _isOver;
    private bool _wasLost;
    private long? _openedAt;

    /// <summary>Begins to connect; receives the state before. Set once.</summary>
    public Action<PikkuState> Starting { get; set; } = _ => { };

    public PikkuState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>The connection; null if there is none now.</summary>
    public PikkuSession? Session
    {
        get
        {
            lock (_gate)
                return _session;
        }
    }

    /// <summary>The reason why the route is closed; null if it is not.</summary>
    public PikkuClosedException? Closed
    {
        get
        {
            lock (_gate)
                return _closed;
        }
    }

    /// <summary>When the connection opened; null if the last attempt did not get that far. Only the attempts read it.</summary>
    public long? OpenedAt => _openedAt;

    public IDisposable OnState(Action<PikkuStateChange> handler) => _states.Add(handler);

    /// <summary>Connects if the route has not been used or was closed by the server.</summary>
    /// <returns>Completes with null when the connection is open, or with the reason why it will not be.</returns>
    public Task<Exception?> WhenOpenAsync()
    {
        lock (_gate)
        {
            if (_isOver)
                throw Over();
            if (_state == PikkuState.Open)
                return Task.FromResult<Exception?>(null);
            _ready ??= new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_state is PikkuState.Idle or PikkuState.Closed)
                Start();
            return _ready.Task;
        }
    }

    /// <summary>Connects if the route has not been used.</summary>
    public void Use()
    {
        lock (_gate)
        {
            if (_isOver)
                throw Over();
            if (_state == PikkuState.Idle)
                Start();
        }
    }

    /// <summary>Sends a message now or after the connection opens. A direct message is sent on its session, which is being opened,
    /// or not at all.</summary>
    public void Submit(PikkuOutgoing outgoing, PikkuSession? direct)
    {
        lock (_gate)
        {
            if (direct is not null && direct != _session)
                throw new PikkuConnectionLostException(null, null, new InvalidOperationException("The connection has ended."));
            if (_closed is not null)
                throw _closed.Copy();
            if (_state == PikkuState.Idle)
                Start();
            if (direct is null)
            {
                if (_state != PikkuState.Open && options.Offline == PikkuOffline.Refuse)
                    throw new PikkuOfflineException("There is no connection.");
                outbox.Add(outgoing);
                return;
            }
        }

        _ = outbox.SendAsync(direct, outgoing);
    }

    /// <summary>Closes the route permanently.</summary>
    /// <param name="session">The connection, which has to be closed.</param>
    /// <returns>False if it was closed before.</returns>
    public bool TryClose(out PikkuSession? session)
    {
        lock (_gate)
        {
            session = _session;
            if (_isOver)
                return false;
            _isOver = true;
            return true;
        }
    }

    /// <summary>An attempt to connect begins.</summary>
    public void BeginAttempt() => _openedAt = null;

    /// <summary>The socket of an attempt is open.</summary>
    /// <returns>False if the route was closed meanwhile.</returns>
    public bool TryAttach(PikkuSession session)
    {
        lock (_gate)
        {
            if (_isOver)
                return false;
            _session = session;
            return true;
        }
    }

    /// <summary>True if a message of a connection may be received.</summary>
    public bool Accepts(PikkuSession session)
    {
        lock (_gate)
            return session == _session && !_isOver;
    }

    /// <summary>The connection is prepared.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="subscribe">Sends a request for a topic.</param>
    /// <returns>False if it ended meanwhile.</returns>
    public bool TryOpen(PikkuSession session, PikkuTopicRequest subscribe)
    {
        bool missed;
        lock (_gate)
        {
            if (session != _session || _isOver)
                return false;
            missed = _wasLost && (subscriptions.MayMiss || inbox.HasListeners);
            _wasLost = false;
            _openedAt = options.Clock.GetTimestamp();
            _state = PikkuState.Open;
            _ready?.TrySetResult(null);
            _ready = null;
            outbox.SetSession(session);
        }

        // Before the queued messages, so that events which these cause arrive.
        subscriptions.Open(subscribe);
        Emit(new PikkuStateChange(PikkuState.Open, PikkuState.Connecting) { Missed = missed });
        return true;
    }

    /// <summary>The connection sends nothing more.</summary>
    public void Detach()
    {
        lock (_gate)
        {
            _wasLost |= _openedAt is not null;
            _session = null;
            // From here on nothing is sent: a message that is not queued would have to wait for the next connection.
            if (_state == PikkuState.Open)
                _state = PikkuState.Connecting;
            outbox.SetSession(null);
        }
    }

    /// <summary>Changes the state between two attempts.</summary>
    /// <param name="state">The state.</param>
    /// <param name="end">The end of the last connection; null before an attempt.</param>
    /// <param name="retryIn">The time until the next attempt.</param>
    /// <returns>False if the route was closed meanwhile.</returns>
    public bool TrySet(PikkuState state, PikkuEnd? end = null, TimeSpan? retryIn = null)
    {
        var previous = end is null ? PikkuState.Waiting : _openedAt is null ? PikkuState.Connecting : PikkuState.Open;
        lock (_gate)
        {
            if (_isOver)
                return false;
            _state = state;
        }

        Emit(new PikkuStateChange(state, previous) { Code = end?.Code, Reason = end?.Reason, Error = end?.Error, RetryIn = retryIn });
        return true;
    }

    /// <summary>Reports that events were lost although their topic keeps a history.</summary>
    public void ReportMissed() => Emit(new PikkuStateChange(PikkuState.Open, PikkuState.Open) { Missed = true });

    public void Emit(PikkuStateChange change) => _states.Emit(change, reporter.Report);

    /// <summary>Answers those who wait for a connection with a failure, although another attempt may succeed.</summary>
    public void FailConnecting(PikkuException refusal)
    {
        lock (_gate)
        {
            _ready?.TrySetResult(refusal);
            _ready = null;
        }
    }

    /// <summary>Ends the subscriptions and the open calls of a connection.</summary>
    public void Lose(Exception error, bool isFinal)
    {
        subscriptions.Lose(
            () => error is PikkuClosedException closed ? closed.Copy() : new PikkuConnectionLostException((error as PikkuConnectionLostException)?.Code, null, error), isFinal);
        outbox.Calls.FailAll(error);
    }

    /// <summary>Ends the attempts and fails everything that waits.</summary>
    public void End(PikkuClosedException closed, PikkuEnd end)
    {
        PikkuState previous;
        PikkuOutgoing[] queued;
        lock (_gate)
        {
            if (_state == PikkuState.Closed)
                return;
            (previous, _state) = (_state, PikkuState.Closed);
            _closed = closed;
            _session = null;
            outbox.SetSession(null);
            queued = outbox.Clear();
            _ready?.TrySetResult(closed);
            _ready = null;
        }

        foreach (var outgoing in queued)
            outgoing.Fail(closed);
        Lose(closed, isFinal: true);
        Emit(new PikkuStateChange(PikkuState.Closed, previous) { Code = end.Code, Reason = end.Reason, Error = end.Error });
    }

    // A call may come while the route is being closed.
    private PikkuClosedException Over() => _closed?.Copy() ?? new PikkuClosedException(ClosedByClient);

    private void Start()
    {
        var previous = _state;
        _closed = null;
        _state = PikkuState.Connecting;
        Starting(previous);
    }
}
