namespace Pikku.Akka.Clients;

/// <summary>
/// The state of a topic, kept current: the server sends the state, then the events that change it. After a lost connection the client resumes; if events are
/// lost, it loads the state again. Thread-safe.
/// </summary>
/// <typeparam name="TState">The type of the state.</typeparam>
/// <typeparam name="TEvent">The type of the events.</typeparam>
public sealed class PikkuLive<TState, TEvent> : IDisposable
{
    private readonly object _gate = new();
    private readonly PikkuConnection _connection;
    private readonly string _topic;
    private readonly Func<TState, TEvent, TState> _reduce;
    private readonly Func<JsonElement, TState> _load;
    private readonly Subscriber _subscriber;
    private readonly IDisposable _subscription;
    private TState? _value;
    private bool _hasValue;
    // True if the value lacks events, so that nothing but the state makes it current again.
    private bool _needsState = true;
    private bool _isOver;
    private int _failures;
    private PikkuLiveStatus _status;
    private Exception? _error;
    private TaskCompletionSource? _loading;

    internal PikkuLive(PikkuConnection connection, string topic, Func<TState, TEvent, TState> reduce, Func<JsonElement, TState>? load = null)
    {
        (_connection, _topic, _reduce, _load) = (connection, topic, reduce, load ?? (json => connection.Json.ReadOrNull<TState>(json)!));
        _subscriber = new Subscriber(this);
        _subscription = connection.Subscribe(topic, _subscriber);
        if (connection.Closed is { } closed)
            Interrupt(closed.Copy(), canResume: false);
    }

    /// <summary>Raised after <see cref="Value"/>, <see cref="Status"/> or <see cref="Error"/> has changed. Like other handlers, it must not block.</summary>
    public event EventHandler? Changed;

    /// <summary>The last known state; the default of its type while <see cref="Status"/> is <see cref="PikkuLiveStatus.Loading"/>.</summary>
    public TState? Value
    {
        get
        {
            lock (_gate)
                return _value;
        }
    }

    /// <summary>The status of <see cref="Value"/>.</summary>
    public PikkuLiveStatus Status
    {
        get
        {
            lock (_gate)
                return _status;
        }
    }

    /// <summary>The reason for <see cref="Status"/>: why the connection was lost, the state or an event could not be applied, or the subscription has ended. Null
    /// while the state is current.</summary>
    public Exception? Error
    {
        get
        {
            lock (_gate)
                return _error;
        }
    }

    /// <summary>Waits until the state has been loaded for the first time.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PikkuException">The server has refused or ended the subscription.</exception>
    /// <exception cref="PikkuClosedException">The route has closed.</exception>
    /// <exception cref="JsonException">The state does not have the expected type.</exception>
    /// <exception cref="ObjectDisposedException">The object was disposed before.</exception>
    public Task WaitUntilLoadedAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_hasValue)
                return Task.CompletedTask;
            if (_status == PikkuLiveStatus.Closed)
                return Task.FromException(CopyOf(_error) ?? new ObjectDisposedException(nameof(PikkuLive<TState, TEvent>)));
            _loading ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _loading.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Loads the state again. Events are not applied until then. Happens without this method if events are lost, and if the state or an event cannot
    /// be applied.</summary>
    public void Reload()
    {
        if (Change(PikkuLiveStatus.Stale, null, needsState: true))
            _connection.Subscriptions.Reload(_topic, _subscriber, 0);
    }

    /// <summary>Ends the subscription. The last known state remains.</summary>
    public void Dispose()
    {
        Change(PikkuLiveStatus.Closed, null, isOver: true);
        FailLoading(new ObjectDisposedException(nameof(PikkuLive<TState, TEvent>)));
        _subscription.Dispose();
    }

    // Each caller gets a new exception, because a shared one would have the stack trace of one caller.
    private static Exception? CopyOf(Exception? error) => error switch
    {
        PikkuException known => known.Copy(null),
        PikkuClosedException closed => closed.Copy(),
        _ => error,
    };

    private void Apply(PikkuItem item)
    {
        try
        {
            if (item.IsState)
            {
                Replace(_load(item.Data), isState: true);
            }
            else if (!NeedsState())
            {
                // Without the lock, because the application's function may use this object. Only the task that reads the socket changes the value.
                Replace(_reduce(_value!, _connection.Json.ReadOrNull<TEvent>(item.Data)!), isState: false);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private bool NeedsState()
    {
        lock (_gate)
            return _needsState;
    }

    private void Replace(TState value, bool isState)
    {
        TaskCompletionSource? loading;
        lock (_gate)
        {
            // The application's function may have asked for the state or disposed of this object while it made the value.
            if (_isOver || (_needsState && !isState))
                return;
            (_value, _hasValue, _needsState, _status, _error) = (value, true, false, PikkuLiveStatus.Live, null);
            // A state that can be read does not show that the event which failed can be applied; it may come again.
            if (!isState)
                _failures = 0;
            (loading, _loading) = (_loading, null);
        }

        loading?.SetResult();
        RaiseChanged();
    }

    /// <summary>The connection is restored, and the events that were missed follow.</summary>
    private void Resume()
    {
        if (!NeedsState() && Status != PikkuLiveStatus.Live)
            Change(PikkuLiveStatus.Live, null);
    }

    private void Interrupt(Exception error, bool canResume)
    {
        Change(canResume ? PikkuLiveStatus.Stale : PikkuLiveStatus.Closed, error);
        if (!canResume)
            FailLoading(error);
    }

    /// <summary>The value may be wrong from now on. The state that is loaded contains the event that failed, or the next attempt follows after a delay.</summary>
    private void Fail(Exception error)
    {
        _connection.Reporter.Report(error);
        if (!Change(PikkuLiveStatus.Stale, error, needsState: true))
            return;
        FailLoading(error);
        _connection.Subscriptions.Reload(_topic, _subscriber, ++_failures);
    }

    private void Finish(PikkuException error)
    {
        Change(PikkuLiveStatus.Closed, error.Copy(null), isOver: true);
        FailLoading(error.Copy(null));
    }

    private bool Change(PikkuLiveStatus status, Exception? error, bool needsState = false, bool isOver = false)
    {
        lock (_gate)
        {
            if (_isOver)
                return false;
            // Nothing can be stale before the first state has been loaded.
            _status = status == PikkuLiveStatus.Stale && !_hasValue ? PikkuLiveStatus.Loading : status;
            _error = error;
            _needsState |= needsState;
            _isOver = isOver;
        }

        RaiseChanged();
        return true;
    }

    private void FailLoading(Exception error)
    {
        TaskCompletionSource? loading;
        lock (_gate)
            (loading, _loading) = (_loading, null);
        if (loading is null)
            return;
        loading.SetException(error);
        _ = loading.Task.Exception; // Observed here, because the caller may have stopped waiting.
    }

    private void RaiseChanged()
    {
        try
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }
        catch (Exception e)
        {
            _connection.Reporter.Report(e);
        }
    }

    private sealed class Subscriber(PikkuLive<TState, TEvent> owner) : PikkuSubscriber
    {
        public override bool NeedsState => true;

        public override void Receive(PikkuItem item) => owner.Apply(item);

        public override void Start() => owner.Resume();

        public override void Interrupt(Exception error, bool canResume) => owner.Interrupt(error, canResume);

        public override void Deny(PikkuException error) => owner.Finish(error);

        public override void End(PikkuException error) => owner.Finish(error);

        public override void Fail(Exception error) => owner.Fail(error);
    }
}
