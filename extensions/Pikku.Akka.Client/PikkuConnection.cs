namespace Pikku.Akka.Clients;

/// <summary>A route over its whole life. It outlives a single connection. Generated code only passes it on.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PikkuConnection
{
    private readonly PikkuOptions _options;
    private readonly Action<PikkuConnection> _forget;
    private readonly CancellationTokenSource _ended = new();
    private readonly PikkuLife _life;
    private readonly PikkuAttempts _attempts;

    internal PikkuConnection(
        Uri address, IReadOnlyList<string> keys, PikkuOptions options, PikkuJson json, Func<PikkuConnection, PikkuSession?, PikkuRoute> routeOf,
        Action<PikkuConnection> forget)
    {
        _options = options;
        _forget = forget;
        Json = json;
        Reporter = new PikkuReporter(address, options);
        var outbox = new PikkuOutbox(options.MaxQueued);
        Inbox = new PikkuInbox(json, keys, outbox.Calls, options.MaxQueued, Reporter.Report);
        Subscriptions = new PikkuSubscriptions(options.MaxBuffered, options.Clock, Reporter.Report, () => _life!.ReportMissed());
        Inbox.EventReceived = Subscriptions.Receive;
        Inbox.SubscriptionEnded = Subscriptions.End;
        _life = new PikkuLife(options, outbox, Inbox, Subscriptions, Reporter);
        Caller = new PikkuCaller(options, _life, outbox, Inbox);
        var dialer = new PikkuDialer(address, options);
        var preparation = new PikkuPreparation(options, dialer, Inbox, Caller, Reporter, session => routeOf(this, session));
        _attempts = new PikkuAttempts(options, _life, dialer, preparation, Caller, outbox, Inbox, _ended.Token);
        _life.Starting = previous => _ = Task.Run(() => _attempts.RunAsync(previous));
    }

    internal PikkuJson Json { get; }

    internal bool SendsTraceContext => _options.SendTraceContext;

    internal PikkuInbox Inbox { get; }

    internal PikkuSubscriptions Subscriptions { get; }

    internal PikkuCaller Caller { get; }

    internal PikkuReporter Reporter { get; }

    internal PikkuState State => _life.State;

    /// <summary>The reason why the route is closed; null if it is not.</summary>
    internal PikkuClosedException? Closed => _life.Closed;

    internal IDisposable OnState(Action<PikkuStateChange> handler) => _life.OnState(handler);

    internal async Task ConnectAsync(CancellationToken cancellationToken)
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

    /// <summary>Adds a subscriber of a topic. Opens the connection if it has not been used.</summary>
    internal IDisposable Subscribe(string topic, PikkuSubscriber subscriber)
    {
        _life.Use();
        return Subscriptions.Add(topic, subscriber);
    }

    /// <summary>Subscribes to a topic at once and returns its events until some are missing.</summary>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="needsState">True to receive the state of the topic first, and again instead of events that are missing.</param>
    /// <param name="read">Reads an event or a state.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    internal IAsyncEnumerable<T> Events<T>(string topic, bool needsState, Func<PikkuItem, T> read, CancellationToken cancellationToken)
    {
        var sequence = new PikkuSequence<T>(
            _options.MaxBuffered, read, events => Subscribe(topic, new PikkuLoop<T>(events, needsState)).Dispose, cancellationToken);
        if (Closed is { } closed)
            sequence.End(closed.Copy());
        // At once and not with the first turn of the loop, so that nothing is missed between this call and the loop.
        sequence.Start();
        return sequence;
    }

    /// <summary>Closes the route permanently.</summary>
    internal async Task CloseAsync()
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
