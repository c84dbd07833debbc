namespace Pikku.Akka.Clients;

/// <summary>
/// The topics that the client subscribes to. At most one request for a topic is open at a time, and each step compares what the server
/// has with what the subscribers want; so it does not matter in which order subscribers come and go, answers arrive and connections end.
/// </summary>
internal sealed class PikkuSubscriptions(int maxEarly, TimeProvider clock, Action<Exception> report, Action missed)
{
    // The delays before a request that failed for another reason than a denial is repeated.
    private static readonly TimeSpan s_minDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_maxDelay = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly Dictionary<string, PikkuSubscription> _topics = new(StringComparer.Ordinal);
    private PikkuTopicRequest? _send;

    /// <summary>True if a connection that is lost now may cost events that no position brings back.</summary>
    public bool MayMiss
    {
        get
        {
            lock (_gate)
                return _topics.Count == 0 || _topics.Values.Any(one => !one.CanResume);
        }
    }

    /// <summary>Adds a subscriber. Dispose of the returned object to remove it.</summary>
    public IDisposable Add(string topic, PikkuSubscriber subscriber)
    {
        Change(after =>
        {
            if (!_topics.TryGetValue(topic, out var subscription))
                _topics.Add(topic, subscription = new PikkuSubscription(topic, maxEarly));
            subscription.Add(subscriber);
            Step(subscription, after);
        });
        return new PikkuRemoval(() => Change(after =>
        {
            if (_topics.TryGetValue(topic, out var subscription) && subscription.Remove(subscriber))
                Step(subscription, after);
        }));
    }

    /// <summary>Loads the state of the topic again for a subscriber, which receives no events until then.</summary>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="subscriber">The subscriber.</param>
    /// <param name="failures">The number of consecutive failures to apply the state or an event, which delay the request.</param>
    public void Reload(string topic, PikkuSubscriber subscriber, int failures) => Change(after =>
    {
        if (!_topics.TryGetValue(topic, out var subscription) || !subscription.Subscribers.Contains(subscriber))
            return;
        subscriber.IsStarted = false;
        if (failures > 0 && subscription.State == PikkuSubscription.Status.Active)
            Delay(subscription, failures);
        Step(subscription, after);
    });

    /// <summary>Delivers a message of a topic to its subscribers.</summary>
    public void Receive(string topic, JsonElement message)
    {
        PikkuVerdict verdict;
        PikkuItem item;
        PikkuSubscriber[] subscribers;
        lock (_gate)
        {
            if (!_topics.TryGetValue(topic, out var subscription))
                return;
            verdict = subscription.Judge(message, out item);
            subscribers = subscription.Subscribers;
        }

        if (verdict == PikkuVerdict.SubscribeAgain)
            SubscribeAgain(topic);
        else if (verdict == PikkuVerdict.Deliver)
            Deliver(subscribers, item);
    }

    /// <summary>The connection is open: subscribes to all topics. The requests are handed to the connection before this method returns.</summary>
    /// <param name="send">Sends a request for a topic.</param>
    public void Open(PikkuTopicRequest send) => Change(after =>
    {
        _send = send;
        foreach (var subscription in _topics.Values.ToArray())
        {
            // A request of an earlier connection that ended while it opened may still be noted.
            subscription.Interrupt();
            Step(subscription, after);
        }
    });

    /// <summary>The connection has ended, and with it all subscriptions.</summary>
    /// <param name="error">Creates the error for a subscriber.</param>
    /// <param name="isFinal">True if the client does not reconnect by itself.</param>
    public void Lose(Func<Exception> error, bool isFinal) => Change(after =>
    {
        _send = null;
        foreach (var subscription in _topics.Values.ToArray())
        {
            foreach (var one in subscription.Subscribers)
            {
                var canResume = !isFinal && (subscription.Position is not null || one.NeedsState || !one.IsStarted);
                after.Add(() => one.Interrupt(error(), canResume));
            }

            subscription.Interrupt();
            Step(subscription, after);
        }
    });

    /// <summary>The server has ended a subscription. Unless it is active, it was an earlier one, which nobody waits for.</summary>
    public void End(string topic, PikkuException error) => Change(after =>
    {
        if (_topics.TryGetValue(topic, out var subscription) && subscription.State == PikkuSubscription.Status.Active)
        {
            RemoveAll(subscription, one => one.End(error), after);
            subscription.Clear();
            Step(subscription, after);
        }
    });

    /// <summary>Changes the subscriptions under the lock, then sends requests and calls subscribers without it.</summary>
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
        var isWanted = subscription.Subscribers.Length > 0;
        if (!isWanted && subscription.State == PikkuSubscription.Status.None)
            subscription.CancelRetry();
        if (!isWanted && subscription.State == PikkuSubscription.Status.None && !subscription.IsInForce)
        {
            if (_topics.TryGetValue(subscription.Topic, out var known) && known == subscription)
                _topics.Remove(subscription.Topic);
        }
        else if (_send is null || subscription.Retry is not null
            || subscription.State is PikkuSubscription.Status.Subscribing or PikkuSubscription.Status.Unsubscribing)
        {
            // The next step follows when the connection is open, the delay is over, or the answer has come.
        }
        else if (!isWanted)
        {
            subscription.State = PikkuSubscription.Status.Unsubscribing;
            Send(subscription, "pikku-unsubscribe", null, after);
        }
        else if (subscription.State == PikkuSubscription.Status.None || subscription.IsStateAwaited)
        {
            Send(subscription, "pikku-subscribe", subscription.Subscribe(), after);
        }
        else
        {
            subscription.StartFollowers(after);
        }
    }

    private void Send(PikkuSubscription subscription, string action, string? since, List<Action> after)
    {
        var send = _send!;
        var request = ++subscription.Request;
        after.Add(() => send(action, subscription.Topic, since, (reply, error) => Settle(subscription, request, reply, error)));
    }

    private void Settle(PikkuSubscription subscription, int request, JsonElement reply, Exception? error) => Change(after =>
    {
        // The end of a connection fails its requests, too, but that is no answer; Lose says how to go on.
        if (request != subscription.Request || error is PikkuConnectionLostException or PikkuClosedException)
            return;
        var wasSubscribing = subscription.State == PikkuSubscription.Status.Subscribing;
        var isRefused = error is PikkuException { Status: var status } && PikkuRefusedException.IsPermanent(status);
        if (isRefused && wasSubscribing)
        {
            // If the server still has an earlier subscription, the next step ends it.
            RemoveAll(subscription, one => one.Deny((PikkuException)error!), after);
            subscription.State = PikkuSubscription.Status.None;
        }
        else if (error is not null && !isRefused)
        {
            // A failed request leaves everything as it was.
            after.Add(() => report(error));
            subscription.State = wasSubscribing ? PikkuSubscription.Status.None : PikkuSubscription.Status.Active;
            Delay(subscription, subscription.Failures++);
        }
        else
        {
            subscription.Failures = 0;
            if (!wasSubscribing)
                subscription.Clear(); // A refused unsubscribe means that there is nothing to end.
            else
                subscription.State = subscription.Accept(reply, after) ? PikkuSubscription.Status.Active : PikkuSubscription.Status.None;
        }

        Step(subscription, after);
        ReportMissed(after);
    });

    /// <summary>Reports losses once, when no other topic may add to them.</summary>
    private void ReportMissed(List<Action> after)
    {
        if (_topics.Values.Any(one => one.State == PikkuSubscription.Status.Subscribing) || !_topics.Values.Any(one => one.HasMissed))
            return;
        foreach (var one in _topics.Values)
            one.HasMissed = false;
        after.Add(missed);
    }

    /// <summary>Events are missing: subscribes again with the position before the hole.</summary>
    private void SubscribeAgain(string topic) => Change(after =>
    {
        // Meanwhile another thread may have lost the connection or asked for the state, which repairs the hole, too.
        if (!_topics.TryGetValue(topic, out var subscription) || subscription.State != PikkuSubscription.Status.Active)
            return;
        subscription.State = PikkuSubscription.Status.None;
        if (subscription.Holes++ > 0)
            Delay(subscription, subscription.Holes);
        Step(subscription, after);
    });

    // Without the lock and without a closure for each event.
    private void Deliver(PikkuSubscriber[] subscribers, PikkuItem item)
    {
        foreach (var subscriber in subscribers)
        {
            try
            {
                if (PikkuSubscription.Concerns(subscriber, item))
                    subscriber.Receive(item);
            }
            catch (Exception e)
            {
                report(e);
            }
        }
    }

    private void Delay(PikkuSubscription subscription, int failures)
    {
        if (subscription.Retry is not null)
            return;
        var limit = s_minDelay * Math.Pow(2, Math.Min(failures, 20));
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

    // The subscribers are told later, because one may subscribe again.
    private static void RemoveAll(PikkuSubscription subscription, Action<PikkuSubscriber> tell, List<Action> after)
    {
        after.AddRange(subscription.Subscribers.Select(one => (Action)(() => tell(one))));
        subscription.RemoveAll();
    }

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
