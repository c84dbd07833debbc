namespace Pikku.Clients;

/// <summary>
/// The topics that the client subscribes to. At most one request for a topic is open at a time, and each step compares what the server
/// has with what the handlers want; so it does not matter in which order handlers come and go, answers arrive and connections end.
/// </summary>
internal sealed class PikkuSubscriptions(PikkuInbox inbox, TimeProvider clock, Action<Exception> report)
{
    // The delays before a request that failed for another reason than a denial is repeated.
    private static readonly TimeSpan s_minDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_maxDelay = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly Dictionary<string, PikkuSubscription> _topics = new(StringComparer.Ordinal);
    private Action<string, string, Action<Exception?>>? _send;

    /// <summary>Adds a handler. Dispose of the returned object to remove it.</summary>
    public IDisposable Add(string topic, PikkuSubscriber handler)
    {
        Change(after =>
        {
            if (!_topics.TryGetValue(topic, out var subscription))
                _topics.Add(topic, subscription = new PikkuSubscription(topic));
            subscription.Handlers.Add((handler, inbox.OnTopic(topic, handler.Event)));
            if (subscription.State == PikkuSubscription.Status.Active)
                after.Add(() => Tell(handler));
            Step(subscription, after);
        });
        return new PikkuRemoval(() => Change(after =>
        {
            if (!_topics.TryGetValue(topic, out var subscription))
                return;
            var index = subscription.Handlers.FindIndex(one => ReferenceEquals(one.Handler, handler));
            if (index < 0)
                return;
            subscription.Handlers[index].Events.Dispose();
            subscription.Handlers.RemoveAt(index);
            Step(subscription, after);
        }));
    }

    /// <summary>The connection is open: subscribes to all topics. The requests are handed to the connection before this method returns.</summary>
    /// <param name="send">Sends an action for a topic. Its callback runs while the answer is received, before the next message, with the
    /// error or null.</param>
    public void Open(Action<string, string, Action<Exception?>> send) => Change(after =>
    {
        _send = send;
        foreach (var subscription in _topics.Values.ToArray())
        {
            // A request of an earlier connection that ended while it opened may still be noted.
            subscription.CancelRetry();
            subscription.State = PikkuSubscription.Status.None;
            Step(subscription, after);
        }
    });

    /// <summary>The connection has ended, and with it all subscriptions.</summary>
    /// <param name="error">Creates the error for a handler that may miss events.</param>
    /// <param name="isFinal">True if the client does not reconnect by itself.</param>
    public void Lose(Func<Exception> error, bool isFinal) => Change(after =>
    {
        _send = null;
        foreach (var subscription in _topics.Values.ToArray())
        {
            if (isFinal || subscription.State == PikkuSubscription.Status.Active)
                after.AddRange(subscription.Handlers.Where(one => one.Handler.Lost is not null).Select(one => (Action)(() => one.Handler.Lost!(error()))));
            subscription.CancelRetry();
            subscription.Failures = 0;
            subscription.State = PikkuSubscription.Status.None;
            Step(subscription, after);
        }
    });

    /// <summary>The server has ended a subscription. Unless it is active, it was an earlier one, which nobody waits for.</summary>
    public void End(string topic, PikkuException error) => Change(after =>
    {
        if (_topics.TryGetValue(topic, out var subscription) && subscription.State == PikkuSubscription.Status.Active)
            RemoveAll(subscription, error, options => options.OnEnded, after);
    });

    /// <summary>Changes the subscriptions under the lock, then sends requests and runs callbacks without it.</summary>
    private void Change(Action<List<Action>> change)
    {
        var after = new List<Action>();
        lock (_gate)
            change(after);
        foreach (var action in after)
            Run(action);
    }

    /// <summary>Takes the next step, if there is one.</summary>
    private void Step(PikkuSubscription subscription, List<Action> after)
    {
        var isWanted = subscription.Handlers.Count > 0;
        if (!isWanted && subscription.State == PikkuSubscription.Status.None)
        {
            subscription.CancelRetry();
            if (_topics.TryGetValue(subscription.Topic, out var known) && known == subscription)
                _topics.Remove(subscription.Topic);
        }
        else if (_send is null || subscription.Retry is not null)
        {
            // The next step follows when the connection is open or the delay is over.
        }
        else if (isWanted && subscription.State == PikkuSubscription.Status.None)
        {
            Send(subscription, PikkuSubscription.Status.Subscribing, "pikku-subscribe", after);
        }
        else if (!isWanted && subscription.State == PikkuSubscription.Status.Active)
        {
            Send(subscription, PikkuSubscription.Status.Unsubscribing, "pikku-unsubscribe", after);
        }
    }

    private void Send(PikkuSubscription subscription, PikkuSubscription.Status state, string action, List<Action> after)
    {
        var send = _send!;
        var request = ++subscription.Request;
        subscription.State = state;
        after.Add(() => send(action, subscription.Topic, error => Settle(subscription, request, error)));
    }

    private void Settle(PikkuSubscription subscription, int request, Exception? error) => Change(after =>
    {
        // The end of a connection fails its requests, too, but that is no answer; Lose says how to go on.
        if (request != subscription.Request || error is PikkuConnectionLostException or PikkuClosedException)
            return;
        var wasSubscribing = subscription.State == PikkuSubscription.Status.Subscribing;
        var isRefused = error is PikkuException { Status: var status } && PikkuRefusedException.IsPermanent(status);
        if (error is null || isRefused)
            subscription.Failures = 0;
        else
            after.Add(() => report(error));
        if (isRefused && wasSubscribing)
        {
            RemoveAll(subscription, (PikkuException)error!, options => options.OnDenied, after);
            return;
        }

        // A failed request leaves everything as it was; a refused unsubscribe means that there is nothing to end.
        var isActive = error is null ? wasSubscribing : !isRefused && !wasSubscribing;
        subscription.State = isActive ? PikkuSubscription.Status.Active : PikkuSubscription.Status.None;
        if (error is null && wasSubscribing)
            after.AddRange(subscription.Handlers.Select(one => (Action)(() => Tell(one.Handler))));
        if (error is not null && !isRefused)
            Delay(subscription);
        Step(subscription, after);
    });

    private void Delay(PikkuSubscription subscription)
    {
        var limit = s_minDelay * Math.Pow(2, Math.Min(subscription.Failures++, 20));
        var delay = (limit < s_maxDelay ? limit : s_maxDelay) * Random.Shared.NextDouble();
        var request = subscription.Request;
        subscription.Retry = clock.CreateTimer(
            _ => Change(after =>
            {
                if (request != subscription.Request)
                    return;
                subscription.Retry?.Dispose();
                subscription.Retry = null;
                Step(subscription, after);
            }),
            null, delay, Timeout.InfiniteTimeSpan);
    }

    private void RemoveAll(
        PikkuSubscription subscription, PikkuException error, Func<PikkuSubscriptionOptions, Action<PikkuException>?> callback, List<Action> after)
    {
        foreach (var (handler, events) in subscription.Handlers)
        {
            events.Dispose();
            after.Add(() => (callback(handler.Options) ?? report)(error));
        }

        // The entry is removed before the callbacks run, because a callback may subscribe again.
        subscription.Handlers.Clear();
        subscription.State = PikkuSubscription.Status.None;
        Step(subscription, after);
    }

    private void Tell(PikkuSubscriber handler) => handler.Options.OnSubscribed?.Invoke();

    private void Run(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            report(e);
        }
    }
}
