namespace Pikku.Clients;

/// <summary>A route over its whole life: its state and its attempts to connect. It outlives a single connection.</summary>
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
    private readonly CancellationTokenSource _life = new();
    private readonly PikkuDialer _dialer;
    private readonly PikkuOutbox _outbox;
    private PikkuSession? _session;
    private PikkuState _state;
    private PikkuClosedException? _closed;
    // Completes with null when the connection is open, or with the reason why it will not be.
    private TaskCompletionSource<Exception?>? _ready;
    private bool _isOver;
    private bool _wasLost;
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
        _dialer = new PikkuDialer(address, options);
        _outbox = new PikkuOutbox(options.MaxQueued);
        Inbox = new PikkuInbox(keys, _outbox.Calls, options.MaxQueued, Report);
        Subscriptions = new PikkuSubscriptions(options.MaxBuffered, options.Clock, Report, ReportMissed);
        Inbox.EventReceived = Subscriptions.Receive;
        Inbox.SubscriptionEnded = Subscriptions.End;
    }

    public PikkuInbox Inbox { get; }

    public PikkuSubscriptions Subscriptions { get; }

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
        Task<Exception?> ready;
        lock (_gate)
        {
            if (_isOver)
                throw Copy(_closed!);
            if (_state == PikkuState.Open)
                return;
            _ready ??= new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_state is PikkuState.Idle or PikkuState.Closed)
                Start();
            ready = _ready.Task;
        }

        Exception? failure;
        try
        {
            failure = await ready.WaitAsync(_options.Timeout, _options.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!ready.IsCompleted)
        {
            throw new TimeoutException($"No connection within {_options.Timeout}.", Inbox.LastError ?? _failure);
        }

        if (failure is not null)
            throw failure is PikkuClosedException closed ? (Exception?)closed.Refusal?.Copy(Copy(closed)) ?? Copy(closed) : ((PikkuException)failure).Copy(failure);
    }

    /// <summary>Reports the failure of a task of the application, without waiting for the task.</summary>
    public void Observe(Task task) => _ = ObserveAsync(task);

    /// <summary>Sends a message with a new id and returns its answer.</summary>
    /// <param name="compose">Creates the message with an id.</param>
    /// <param name="timeout">The time until the answer or until its first item.</param>
    /// <param name="direct">The session that must send the message; null to send it when the connection is open.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="onItem">Receives the items that come before the end of the answer.</param>
    public async Task<JsonElement> CallAsync(
        Func<string, PikkuOutgoing> compose, TimeSpan? timeout, PikkuSession? direct, CancellationToken cancellationToken, Action<JsonElement>? onItem = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var limit = timeout ?? _options.Timeout;
        var outgoing = compose(NextId());
        using var late = new CancellationTokenSource(limit, _options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        if (onItem is not null)
            outgoing.OnItem = item => ReceiveItem(outgoing, late, item, onItem);
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
            // Not while an item is received, which may stop the timeout.
            if (onItem is not null)
                lock (outgoing)
                    outgoing.OnItem = null;
            PikkuSession? session;
            lock (_gate)
                session = _session;
            _outbox.Abandon(outgoing, session);
        }
    }

    /// <summary>Sends a message when its first item is asked for, and returns the items of its answer.</summary>
    public IAsyncEnumerable<T> Stream<T>(Func<string, PikkuOutgoing> compose, TimeSpan? timeout, PikkuSession? direct, CancellationToken cancellationToken) =>
        new PikkuSequence<T>(
            _options.MaxBuffered,
            item => PikkuJson.ReadOrNull<T>(item.Data)!,
            sequence =>
            {
                var abandoned = new CancellationTokenSource();
                _ = PumpAsync(sequence, compose, timeout, direct, abandoned.Token);
                return abandoned.Cancel;
            },
            cancellationToken);

    /// <summary>Adds a subscriber of a topic. Opens the connection if it has not been used.</summary>
    public IDisposable Subscribe(string topic, PikkuSubscriber subscriber)
    {
        lock (_gate)
        {
            if (_isOver)
                throw Copy(_closed!);
            if (_state == PikkuState.Idle)
                Start();
        }

        return Subscriptions.Add(topic, subscriber);
    }

    /// <summary>Subscribes to a topic at once and returns its events until some are missing.</summary>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="needsState">True to receive the state of the topic first, and again instead of events that are missing.</param>
    /// <param name="read">Reads an event or a state.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    public IAsyncEnumerable<T> Events<T>(string topic, bool needsState, Func<PikkuItem, T> read, CancellationToken cancellationToken)
    {
        var sequence = new PikkuSequence<T>(
            _options.MaxBuffered, read, events => Subscribe(topic, new PikkuLoop<T>(events, needsState)).Dispose, cancellationToken);
        PikkuClosedException? closed;
        lock (_gate)
            closed = _closed;
        if (closed is not null)
            sequence.End(Copy(closed));
        // At once and not with the first turn of the loop, so that nothing is missed between this call and the loop.
        sequence.Start();
        return sequence;
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

    private static void ReceiveItem(PikkuOutgoing outgoing, CancellationTokenSource late, JsonElement item, Action<JsonElement> onItem)
    {
        lock (outgoing)
        {
            if (outgoing.OnItem is null)
                return;
            late.CancelAfter(Timeout.InfiniteTimeSpan); // A stream may take any time.
        }

        onItem(item);
    }

    private async Task PumpAsync<T>(
        PikkuSequence<T> sequence, Func<string, PikkuOutgoing> compose, TimeSpan? timeout, PikkuSession? direct, CancellationToken abandoned)
    {
        try
        {
            await CallAsync(compose, timeout, direct, abandoned, item => sequence.Push(new PikkuItem(item))).ConfigureAwait(false);
            sequence.End(null);
        }
        catch (Exception e)
        {
            sequence.End(e);
        }
    }

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

    private string NextId() => $"p{Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture)}";

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
                _outbox.Add(outgoing);
                return;
            }
        }

        _ = _outbox.SendAsync(direct, outgoing);
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
        PikkuEnd? refused = null;
        var wasRefused = false;
        for (var failures = 0; ; failures++)
        {
            if (failures > 0 && !SetState(PikkuState.Connecting))
                return;
            var end = await AttemptAsync(refused).ConfigureAwait(false);
            var wasStable = _openedAt is { } opened && _options.Clock.GetElapsedTime(opened) >= s_stable;
            if (wasStable)
                (failures, wasRefused) = (0, false);
            end = end with { Error = end.Error ?? Inbox.LastError, WasAccepted = Inbox.IsAccepted, WasStable = wasStable, WasRefused = wasRefused };
            _failure = end.Error;
            var next = end.Next(_options);
            if (!_options.Reconnect || failures >= _options.MaxAttempts || next == PikkuNext.Stop)
            {
                End(new PikkuClosedException($"The connection has ended: {end.Describe()}", end.Error), end);
                return;
            }

            refused = next == PikkuNext.RetryWithNewToken ? end : null;
            wasRefused |= refused is not null;
            FailConnecting(end, refused is not null);
            Lose(new PikkuConnectionLostException(end.Code, end.Reason, end.Error), isFinal: false);
            var delay = end.Delay(_options, failures, Random.Shared.NextDouble());
            if (!SetState(PikkuState.Waiting, end, delay) || !await WaitAsync(delay).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>A failure of <c>onConnect</c> is an answer to <see cref="ConnectAsync"/>, although another attempt may succeed.</summary>
    private void FailConnecting(PikkuEnd end, bool isTokenRefused)
    {
        if (isTokenRefused || end.Refusal is not { Status: > 0 } refusal || refusal is PikkuRefusedException)
            return;
        lock (_gate)
        {
            _ready?.TrySetResult(refusal);
            _ready = null;
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
    private async Task<PikkuEnd> AttemptAsync(PikkuEnd? refused)
    {
        _openedAt = null;
        Inbox.Begin();
        var (session, failure) = await _dialer.OpenAsync(refused, _life.Token).ConfigureAwait(false);
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
            var first = await Task.WhenAny(reading, working, session.Dead).ConfigureAwait(false);
            var end = first == session.Dead ? new PikkuEnd(1006, null, await session.Dead.ConfigureAwait(false)) : await ((Task<PikkuEnd>)first).ConfigureAwait(false);
            lock (_gate)
            {
                _wasLost |= _openedAt is not null;
                _session = null;
                // From here on nothing is sent: a message that is not queued would have to wait for the next connection.
                if (_state == PikkuState.Open)
                    _state = PikkuState.Connecting;
                _outbox.SetSession(null);
            }

            if (reading.IsCompleted)
                return end;
            if (first == session.Dead)
            {
                // A close frame would wait for a server that does not answer. A message that has just arrived may still be with a handler, which the
                // messages of the next connection must not overtake.
                session.Dispose();
                await reading.ConfigureAwait(false);
                return end;
            }

            Lose(new PikkuConnectionLostException(end.Code, end.Reason, end.Error ?? Inbox.LastError), isFinal: false);
            await session.CloseAsync().ConfigureAwait(false);
            return end;
        }
    }

    /// <summary>Prepares the connection, then sends queued messages until it ends.</summary>
    private async Task<PikkuEnd> PrepareAndSendAsync(PikkuSession session)
    {
        try
        {
            await PrepareAsync(session).ConfigureAwait(false);
            if (!MarkOpen(session))
                return new PikkuEnd(null, null, null);
            await _outbox.SendQueuedAsync(session).ConfigureAwait(false);
            return new PikkuEnd(null, null, null);
        }
        catch (Exception e)
        {
            return new PikkuEnd(null, null, e);
        }
    }

    /// <summary>Waits until the server's <c>onConnect</c> and the client's <c>OnOpen</c> have completed.</summary>
    private async Task PrepareAsync(PikkuSession session)
    {
        await session.WriteAsync("""{"action":"pikku-ping","ready":true}"""u8.ToArray(), WebSocketMessageType.Text).ConfigureAwait(false);
        if (_options.Token is not null)
        {
            var renewal = new PikkuRenewal(_dialer.AskForTokenAsync, (token, ended) => AuthenticateAsync(session, token, ended), _options.Clock, Report);
            Observe(renewal.RunAsync(Inbox.Ready, session.Ended));
        }

        var prepared = _options.OnOpen?.Invoke(_routeOf(this, session), session.Ended) ?? Task.CompletedTask;
        var both = BothAsync(Inbox.Ready, prepared);
        try
        {
            await both.WaitAsync(_options.Timeout, _options.Clock, session.Ended).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (!both.IsCompleted)
        {
            throw new TimeoutException($"onConnect and {nameof(PikkuOptions.OnOpen)} did not complete within {_options.Timeout}.", e);
        }
        finally
        {
            PikkuDialer.IgnoreFailure(both);
            PikkuDialer.IgnoreFailure(prepared);
        }
    }

    // A failure of OnOpen ends the connection at once.
    private static async Task BothAsync(Task ready, Task prepared)
    {
        await (await Task.WhenAny(ready, prepared).ConfigureAwait(false)).ConfigureAwait(false);
        await Task.WhenAll(ready, prepared).ConfigureAwait(false);
    }

    /// <summary>Presents a token on a connection and returns the answer, which says when the session expires.</summary>
    private async Task<JsonElement> AuthenticateAsync(PikkuSession session, string token, CancellationToken ended)
    {
        var answer = await CallAsync(
            id => Request("pikku-auth", id, json => json.WriteString("token", token)), null, session, ended).ConfigureAwait(false);
        _dialer.Replace(token);
        return answer;
    }

    /// <summary>Sends a request for a topic. Its callback runs while the answer is received, before the next message.</summary>
    private void RequestTopic(PikkuSession session, string action, string topic, string? since, Action<JsonElement, Exception?> done)
    {
        var request = Request(
            action, NextId(),
            json =>
            {
                json.WriteString("topic", topic);
                if (since is not null)
                    json.WriteString("since", since);
            },
            done);
        _ = _outbox.SendAsync(session, request);
    }

    private static PikkuOutgoing Request(string action, string id, Action<Utf8JsonWriter> data, Action<JsonElement, Exception?>? done = null)
    {
        var message = PikkuJson.Write(json =>
        {
            json.WriteString("action", action);
            json.WriteString("id", id);
            json.WriteStartObject("data");
            data(json);
            json.WriteEndObject();
        });
        return new PikkuOutgoing(action, $"\"{id}\"", message, WebSocketMessageType.Text) { OnDone = done };
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
            missed = _wasLost && (Subscriptions.MayMiss || Inbox.HasListeners);
            _wasLost = false;
            _openedAt = _options.Clock.GetTimestamp();
            _state = PikkuState.Open;
            _ready?.TrySetResult(null);
            _ready = null;
            _outbox.SetSession(session);
        }

        // Before the queued messages, so that events which these cause arrive.
        Subscriptions.Open((action, topic, since, done) => RequestTopic(session, action, topic, since, done));
        _states.Emit(new PikkuStateChange(PikkuState.Open, PikkuState.Connecting) { Missed = missed }, Report);
        return true;
    }

    /// <summary>Reports that events were lost although their topic keeps a history.</summary>
    private void ReportMissed() => _states.Emit(new PikkuStateChange(PikkuState.Open, PikkuState.Open) { Missed = true }, Report);

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

    /// <summary>Ends the subscriptions and the open calls of a connection.</summary>
    private void Lose(Exception error, bool isFinal)
    {
        Subscriptions.Lose(
            () => error is PikkuClosedException closed ? Copy(closed) : new PikkuConnectionLostException((error as PikkuConnectionLostException)?.Code, null, error), isFinal);
        _outbox.Calls.FailAll(error);
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
            _session = null;
            _outbox.SetSession(null);
            queued = _outbox.Clear();
            _ready?.TrySetResult(closed);
            _ready = null;
        }

        foreach (var outgoing in queued)
            outgoing.Fail(closed);
        Lose(closed, isFinal: true);
        _states.Emit(new PikkuStateChange(PikkuState.Closed, previous) { Code = end.Code, Reason = end.Reason, Error = end.Error }, Report);
    }

    public void Report(Exception error)
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
