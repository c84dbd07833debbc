namespace Pikku.Clients;

/// <summary>A route over its whole life. It outlives a single connection.</summary>
internal sealed class PikkuConnection
{
    private readonly PikkuOptions _options;
    private readonly Action<PikkuConnection> _forget;
    private readonly CancellationTokenSource _ended = new();
    private readonly PikkuSubscriptions _subscriptions;
    private readonly PikkuLife _life;
    private readonly PikkuAttempts _attempts;

    public PikkuConnection(
        Uri address, IReadOnlyList<string> keys, PikkuOptions options, Func<PikkuConnection, PikkuSession?, PikkuRoute> routeOf,
        Action<PikkuConnection> forget)
    {
        _options = options;
        _forget = forget;
        Reporter = new PikkuReporter(address, options);
        var outbox = new PikkuOutbox(options.MaxQueued);
        Inbox = new PikkuInbox(keys, outbox.Calls, options.MaxQueued, Reporter.Report);
        _subscriptions = new PikkuSubscriptions(Inbox, options.Clock, Reporter.Report);
        Inbox.SubscriptionEnded = _subscriptions.End;
        _life = new PikkuLife(options, outbox, _subscriptions, Reporter);
        Caller = new PikkuCaller(options, _life, outbox, Inbox);
        var dialer = new PikkuDialer(address, options);
        var preparation = new PikkuPreparation(options, dialer, Inbox, Caller, Reporter, session => routeOf(this, session));
        _attempts = new PikkuAttempts(options, _life, dialer, preparation, Caller, outbox, Inbox, _ended.Token);
        _life.Starting = previous => _ = Task.Run(() => _attempts.RunAsync(previous));
    }

    public PikkuInbox Inbox { get; }

    public PikkuCaller Caller { get; }

    public PikkuReporter Reporter { get; }

    public PikkuState State => _life.State;

    public IDisposable OnState(Action<PikkuStateChange> handler) => _life.OnState(handler);

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var ready = _life.WhenOpenAsync();
        Exception? failure;
        try
        {
            failure = await ready.WaitAsync(_options.Timeout, _options.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!ready.IsCompleted)
        {
            throw new TimeoutException($"No connection within {_options.Timeout}.", Inbox.LastError ?? _attempts.Failure);
        }

        if (failure is not null)
            throw failure is PikkuClosedException closed ? (Exception?)closed.Refusal?.Copy(closed.Copy()) ?? closed.Copy() : ((PikkuException)failure).Copy(failure);
    }

    /// <summary>Adds a handler of a topic that the client subscribes to. Opens the connection if it has not been used.</summary>
    public IDisposable Subscribe(string topic, PikkuSubscriber handler)
    {
        _life.Use();
        return _subscriptions.Add(topic, handler);
    }

    /// <summary>Subscribes to a topic at once and returns its events until some may be missing.</summary>
    public IAsyncEnumerable<T> Events<T>(string topic, CancellationToken cancellationToken)
    {
        var sequence = new PikkuSequence<T>(
            _options.MaxBuffered,
            events =>
            {
                var options = new PikkuSubscriptionOptions { OnDenied = e => events.End(e.Copy(null)), OnEnded = e => events.End(e.Copy(null)) };
                return Subscribe(topic, new PikkuSubscriber(events.Push, options, events.End)).Dispose;
            },
            cancellationToken);
        if (_life.Closed is { } closed)
            sequence.End(closed.Copy());
        // At once and not with the first turn of the loop, so that nothing is missed between this call and the loop.
        sequence.Start();
        return sequence;
    }

    /// <summary>Closes the route permanently.</summary>
    public async Task CloseAsync()
    {
        if (!_life.TryClose(out var session))
            return;
        _forget(this);
        _life.End(new PikkuClosedException(PikkuLife.ClosedByClient), new PikkuEnd(null, null, null));
        try
        {
            _ended.Cancel();
        }
        catch (AggregateException e)
        {
            Reporter.Report(e); // Thrown by a callback that the application registered with its token.
        }

        if (session is not null)
            await session.CloseAsync().ConfigureAwait(false);
    }
}
