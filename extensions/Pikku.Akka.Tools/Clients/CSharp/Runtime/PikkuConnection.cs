namespace Pikku.Clients;

/// <summary>The part of a route that outlives a single connection: its state, queued messages and handlers.</summary>
internal sealed class PikkuConnection
{
    // A connection that ends sooner counts as a failure. Otherwise a client that is accepted and disconnected at once would
    // reconnect without a pause.
    private static readonly TimeSpan s_stable = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private readonly Uri _address;
    private readonly PikkuOptions _options;
    private readonly Func<PikkuConnection, PikkuSession?, PikkuRoute> _routeOf;
    private readonly Action<PikkuConnection> _forget;
    private readonly PikkuHandlers<PikkuStateChange> _states = new();
    private readonly LinkedList<PikkuOutgoing> _queue = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly CancellationTokenSource _life = new();
    private readonly PikkuCalls _calls;
    private PikkuSession? _session;
    private PikkuState _state;
    private PikkuClosedException? _closed;
    private TaskCompletionSource? _ready;
    private bool _isOver;
    private bool _wasLost;
    private string? _token;
    private PikkuEnd? _refused;
    private Exception? _failure;
    private long? _openedAt;
    private long _lastId;

    public PikkuConnection(
        Uri address, IReadOnlyList<string> keys, PikkuOptions options, Func<PikkuConnection, PikkuSession?, PikkuRoute> routeOf,
        Action<PikkuConnection> forget)
    {
        _address = address;
        _options = options;
        _routeOf = routeOf;
        _forget = forget;
        _calls = new PikkuCalls(options.MaxQueued);
        Inbox = new PikkuInbox(keys, _calls, options.MaxQueued, Report);
    }

    public PikkuInbox Inbox { get; }

    public PikkuState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    public IDisposable OnState(Action<PikkuStateChange> handler) => _states.Add(handler);

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Task ready;
        lock (_gate)
        {
            if (_isOver)
                throw Copy(_closed!);
            if (_state == PikkuState.Open)
                return;
            _ready ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_state is PikkuState.Idle or PikkuState.Closed)
                Start();
            ready = _ready.Task;
        }

        try
        {
            await ready.WaitAsync(_options.Timeout, _options.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!ready.IsCompleted)
        {
            throw new TimeoutException($"No connection within {_options.Timeout}.", Inbox.LastError ?? _failure);
        }
    }

    /// <summary>Reports the failure of a task of the application, without waiting for the task.</summary>
    public void Observe(Task task) => _ = ObserveAsync(task);

    /// <summary>Sends a message with a new id and returns its answer.</summary>
    public async Task<JsonElement> CallAsync(
        Func<string, PikkuOutgoing> compose, TimeSpan? timeout, PikkuSession? direct, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var limit = timeout ?? _options.Timeout;
        var outgoing = compose($"p{Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture)}");
        using var late = new CancellationTokenSource(limit, _options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        Submit(outgoing, direct);
        try
        {
            return await outgoing.Done.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No answer to {outgoing.Name} within {limit}.", Inbox.LastError);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        finally
        {
            Abandon(outgoing);
        }
    }

    /// <summary>Closes the route permanently.</summary>
    public async Task CloseAsync()
    {
        PikkuSession? session;
        lock (_gate)
        {
            if (_isOver)
                return;
            _isOver = true;
            session = _session;
        }

        _forget(this);
        End(new PikkuClosedException("The route was closed."), new PikkuEnd(null, null, null));
        try
        {
            _life.Cancel();
        }
        catch (AggregateException e)
        {
            Report(e); // Thrown by a callback that the application registered with its token.
        }

        if (session is not null)
            await session.CloseAsync().ConfigureAwait(false);
    }

    // Each caller gets a new exception, because a shared one would have the stack trace of one caller.
    private static PikkuClosedException Copy(PikkuClosedException closed) => new(closed.Message, closed.InnerException);

    private async Task ObserveAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Report(e);
        }
    }

    /// <summary>Sends a message now or after the connection opens. A direct message is sent on its session, which is being opened,
    /// or not at all.</summary>
    private void Submit(PikkuOutgoing outgoing, PikkuSession? direct)
    {
        lock (_gate)
        {
            if (direct is not null && direct != _session)
                throw new PikkuConnectionLostException(null, null, new InvalidOperationException("The connection has ended."));
            if (_closed is not null)
                throw Copy(_closed);
            if (_state == PikkuState.Idle)
                Start();
            if (direct is null)
            {
                if (_state != PikkuState.Open && _options.Offline == PikkuOffline.Refuse)
                    throw new PikkuOfflineException("There is no connection.");
                if (_queue.Count >= _options.MaxQueued)
                    throw new PikkuOfflineException($"{_options.MaxQueued} messages are already waiting to be sent.");
                _queue.AddLast(outgoing);
                _waiting.Release();
                return;
            }
        }

        _ = SendAsync(direct, outgoing);
    }

    private void Abandon(PikkuOutgoing outgoing)
    {
        lock (_gate)
            _queue.Remove(outgoing);
        _calls.Abandon(outgoing);
    }

    private void Start()
    {
        var previous = _state;
        _closed = null;
        _state = PikkuState.Connecting;
        _ = Task.Run(() => RunAsync(previous));
    }

    private async Task RunAsync(PikkuState previous)
    {
        try
        {
            await AttemptUntilClosedAsync(previous).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // For example, options with delays that no timer supports. Callers must not wait forever.
            End(new PikkuClosedException($"The client has failed: {e.Message}", e), new PikkuEnd(null, null, e));
        }
    }

    private async Task AttemptUntilClosedAsync(PikkuState previous)
    {
        _states.Emit(new PikkuStateChange(PikkuState.Connecting, previous), Report);
        for (var failures = 0; ; failures++)
        {
            if (failures > 0 && !SetState(PikkuState.Connecting))
                return;
            var end = await AttemptAsync().ConfigureAwait(false);
            var wasStable = _openedAt is { } opened && _options.Clock.GetElapsedTime(opened) >= s_stable;
            end = end with { Error = end.Error ?? Inbox.LastError, WasAnswered = Inbox.IsAnswered, WasStable = wasStable };
            _failure = end.Error;
            if (wasStable)
                failures = 0;
            var next = end.Next(_options);
            if (!_options.Reconnect || failures >= _options.MaxAttempts || next == PikkuNext.Stop)
            {
                End(new PikkuClosedException($"The connection has ended: {end.Describe()}", end.Error), end);
                return;
            }

            _refused = next == PikkuNext.RetryWithNewToken ? end : null;
            _calls.FailAll(new PikkuConnectionLostException(end.Code, end.Reason, end.Error));
            var delay = end.Delay(_options, failures, Random.Shared.NextDouble());
            if (!SetState(PikkuState.Waiting, end, delay) || !await WaitAsync(delay).ConfigureAwait(false))
                return;
        }
    }

    private async Task<bool> WaitAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, _options.Clock, _life.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Runs one connection from its opening to its end.</summary>
    private async Task<PikkuEnd> AttemptAsync()
    {
        _openedAt = null;
        Inbox.Begin();
        var (session, failure) = await OpenAsync().ConfigureAwait(false);
        if (session is null)
            return failure!;
        using (session)
        {
            lock (_gate)
            {
                if (_isOver)
                    return new PikkuEnd(null, null, null);
                _session = session;
            }

            var reading = session.ReadAsync((data, type) => Receive(session, data, type));
            var working = PrepareAndSendAsync(session);
            var end = await (await Task.WhenAny(reading, working).ConfigureAwait(false)).ConfigureAwait(false);
            lock (_gate)
            {
                _wasLost |= _openedAt is not null;
                _session = null;
                // From here on nothing is sent: a message that is not queued would have to wait for the next connection.
                if (_state == PikkuState.Open)
                    _state = PikkuState.Connecting;
            }

            if (reading.IsCompleted)
                return end;
            _calls.FailAll(new PikkuConnectionLostException(end.Code, end.Reason, end.Error ?? Inbox.LastError));
            await session.CloseAsync().ConfigureAwait(false);
            return end;
        }
    }

    private async Task<(PikkuSession? Session, PikkuEnd? Failure)> OpenAsync()
    {
        using var late = new CancellationTokenSource(_options.ConnectTimeout, _options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_life.Token, late.Token);
        try
        {
            var token = _options.Token is { } ask ? await UntilAsync(ask(either.Token), either.Token).ConfigureAwait(false) : null;
            if (_refused is { } refused && token == _token)
                return (null, refused with { IsClientError = true });
            _token = token;
        }
        catch (Exception e)
        {
            return (null, new PikkuEnd(null, null, CauseOf(e, late.Token)));
        }

        try
        {
            return (await OpenSessionAsync(either.Token).ConfigureAwait(false), null);
        }
        catch (Exception e)
        {
            var code = e is PikkuRefusedException or WebSocketException ? 1006 : (int?)null;
            return (null, new PikkuEnd(code, null, CauseOf(e, late.Token)) { IsClientError = IsClientError(e) });
        }
    }

    private async Task<PikkuSession> OpenSessionAsync(CancellationToken cancellationToken)
    {
        var upgrade = new PikkuUpgrade(PikkuWebSocket.Subprotocol, string.IsNullOrEmpty(_token) ? null : _token);
        var connecting = _options.Connect(_address, upgrade, cancellationToken);
        WebSocket socket;
        try
        {
            socket = await UntilAsync(connecting, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!connecting.IsCompleted)
        {
            // The task ignores its token. If it yields a socket later, nobody uses it.
            _ = connecting.ContinueWith(
                late => late.Result.Dispose(), CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }

        if (socket.SubProtocol == PikkuWebSocket.Subprotocol)
            return new PikkuSession(socket, _options.MaxMessageSize, _options.Clock);
        socket.Dispose();
        throw new PikkuClosedException($"The server selected the subprotocol '{socket.SubProtocol}' instead of '{PikkuWebSocket.Subprotocol}'.");
    }

    /// <summary>Waits for a task of the application, but no longer than the token allows, even if the task ignores the token.</summary>
    private static async Task<T> UntilAsync<T>(Task<T> task, CancellationToken cancellationToken)
    {
        try
        {
            return await task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            IgnoreFailure(task);
        }
    }

    /// <summary>Ignores the failure of a task that has been abandoned.</summary>
    private static void IgnoreFailure(Task task)
    {
        if (!task.IsCompleted)
            _ = task.ContinueWith(
                late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
    }

    private Exception CauseOf(Exception error, CancellationToken late) => error is OperationCanceledException && late.IsCancellationRequested
        ? new TimeoutException($"No connection within {_options.ConnectTimeout}.", error)
        : error;

    // Invalid arguments and unsupported operations fail again with every attempt.
    private static bool IsClientError(Exception error) =>
        error is ArgumentException or FormatException or NotSupportedException or (InvalidOperationException and not ObjectDisposedException);

    /// <summary>Prepares the connection, then sends queued messages until it ends.</summary>
    private async Task<PikkuEnd> PrepareAndSendAsync(PikkuSession session)
    {
        try
        {
            if (_options.OnOpen is { } prepare)
                await PrepareAsync(prepare(_routeOf(this, session), session.Ended), session).ConfigureAwait(false);
            if (!MarkOpen(session))
                return new PikkuEnd(null, null, null);
            while (true)
            {
                if (NextQueued() is { } outgoing)
                    await SendAsync(session, outgoing).ConfigureAwait(false);
                else
                    await _waiting.WaitAsync(session.Ended).ConfigureAwait(false);
                session.Ended.ThrowIfCancellationRequested();
            }
        }
        catch (Exception e)
        {
            return new PikkuEnd(null, null, e);
        }
    }

    private async Task PrepareAsync(Task task, PikkuSession session)
    {
        try
        {
            await task.WaitAsync(_options.Timeout, _options.Clock, session.Ended).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw new TimeoutException($"{nameof(PikkuOptions.OnOpen)} did not complete within {_options.Timeout}.", e);
        }
        finally
        {
            IgnoreFailure(task);
        }
    }

    private PikkuOutgoing? NextQueued()
    {
        lock (_gate)
        {
            // If the connection has just ended, the message waits for the next one.
            if (_state != PikkuState.Open || _queue.First is not { } first)
                return null;
            _queue.RemoveFirst();
            return first.Value;
        }
    }

    private async Task SendAsync(PikkuSession session, PikkuOutgoing outgoing)
    {
        try
        {
            if (outgoing.IsCall)
                _calls.Add(outgoing);
            await session.WriteAsync(outgoing.Data, outgoing.Type).ConfigureAwait(false);
            if (!outgoing.IsCall)
                outgoing.Complete(default);
        }
        catch (Exception e) when (e is PikkuOfflineException || (e is InvalidOperationException && !session.Ended.IsCancellationRequested && e is not ObjectDisposedException))
        {
            outgoing.Fail(e);
        }
        catch (Exception e)
        {
            _calls.Abandon(outgoing);
            outgoing.Fail(new PikkuConnectionLostException(null, null, e));
        }
    }

    private void Receive(PikkuSession session, ReadOnlyMemory<byte> data, WebSocketMessageType type)
    {
        lock (_gate)
        {
            if (session != _session || _isOver)
                return;
        }

        Inbox.Receive(session, data, type);
    }

    private bool MarkOpen(PikkuSession session)
    {
        bool missed;
        lock (_gate)
        {
            if (session != _session || _isOver)
                return false;
            missed = _wasLost;
            _wasLost = false;
            _openedAt = _options.Clock.GetTimestamp();
            _state = PikkuState.Open;
            _ready?.TrySetResult();
            _ready = null;
        }

        _states.Emit(new PikkuStateChange(PikkuState.Open, PikkuState.Connecting) { Missed = missed }, Report);
        return true;
    }

    private bool SetState(PikkuState state, PikkuEnd? end = null, TimeSpan? retryIn = null)
    {
        var previous = end is null ? PikkuState.Waiting : _openedAt is null ? PikkuState.Connecting : PikkuState.Open;
        lock (_gate)
        {
            if (_isOver)
                return false;
            _state = state;
        }

        _states.Emit(new PikkuStateChange(state, previous) { Code = end?.Code, Reason = end?.Reason, Error = end?.Error, RetryIn = retryIn }, Report);
        return true;
    }

    /// <summary>Ends the attempts and fails everything that waits.</summary>
    private void End(PikkuClosedException closed, PikkuEnd end)
    {
        PikkuState previous;
        PikkuOutgoing[] queued;
        lock (_gate)
        {
            if (_state == PikkuState.Closed)
                return;
            (previous, _state) = (_state, PikkuState.Closed);
            _closed = closed;
            _refused = null;
            _session = null;
            queued = _queue.ToArray();
            _queue.Clear();
            _ready?.TrySetException(closed);
            _ = _ready?.Task.Exception; // Observed here: callers that do not wait for it learn about the end from the state.
            _ready = null;
        }

        foreach (var outgoing in queued)
            outgoing.Fail(closed);
        _calls.FailAll(closed);
        _states.Emit(new PikkuStateChange(PikkuState.Closed, previous) { Code = end.Code, Reason = end.Reason, Error = end.Error }, Report);
    }

    private void Report(Exception error)
    {
        try
        {
            if (_options.OnError is { } handler)
                handler(error);
            else
                System.Diagnostics.Trace.TraceError("{0}: {1}", _address.AbsolutePath, error);
        }
        catch (Exception)
        {
            // The error handler itself failed, so there is nowhere left to report to.
        }
    }
}
