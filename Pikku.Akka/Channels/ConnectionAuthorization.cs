using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Channels;

/// <summary>
/// The subscriptions that the client of a connection has made by itself, and the evaluation of their gates when the session of the connection changes or the
/// application asks for it (Q1). The permissions of the channel are evaluated too: a connection whose channel is denied is closed with 4403. Created when a
/// client subscribes for the first time, or with the connection if the channel has permissions. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A subscribe asks the permissions and becomes active later, in a turn of a hub lane. A request to evaluate may come between. The epoch decides that race: a
/// request increments it and then takes a snapshot of the active subscriptions; a subscribe reads it before it asks, and becomes active only if it is
/// unchanged. Both happen under one lock, so either the evaluation finds the subscription, or the subscribe finds a changed epoch and asks again.
/// </para>
/// <code>
///   subscribe:  read epoch ── ask permissions ─────────── unchanged? ── active
///                                                          changed? ── read epoch ── ask permissions …
///   request:                              epoch++ ── snapshot ── ask permissions of each ── end what is denied
/// </code>
/// <para>
/// The entry of a topic changes only in turns of the lane of that topic, together with the topic table, so that both always agree while the connection lives.
/// </para>
/// </remarks>
/// <param name="connection">The connection.</param>
internal sealed class ConnectionAuthorization(Connection connection) : IThreadPoolWorkItem
{
    private const CloseCode ChannelDenied = (CloseCode)4403; // 4400 to 4499: the client must not come back

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClientSubscription> _active = new(StringComparer.Ordinal);
    private volatile Evaluation? _running;
    private Evaluation? _waiting;
    private int _epoch;

    /// <summary>The number of requests so far. A subscribe that begins its check reads it.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>True while an evaluation runs.</summary>
    public bool IsPending => _running is not null;

    /// <summary>
    /// Evaluates the gates of the active subscriptions with the session as it is now, and ends those that are denied. Requests that arrive while an evaluation
    /// runs share the next one.
    /// </summary>
    /// <param name="topics">Selects the topics; null for all.</param>
    /// <returns>A task that completes when an evaluation that began after this call has completed. It never fails.</returns>
    public Task RequestAsync(Func<ClientSubscription, bool>? topics = null)
    {
        Evaluation requested;
        lock (_gate)
        {
            _epoch++;
            connection.Allowed = null; // a yes that the connection has kept is from before
            if (topics is null ? _active.Count == 0 && connection.Endpoint.Definition.Permission is null : !_active.Values.Any(topics))
                return Task.CompletedTask;
            if (_running is not null)
            {
                _waiting ??= new Evaluation();
                _waiting.Add(topics);
                return _waiting.Task;
            }

            _running = requested = new Evaluation();
            requested.Add(topics);
        }

        // Without the context of the caller, which may be a call of any connection.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return requested.Task;
    }

    /// <summary>Evaluates the gates of the active subscription to a topic, if there is one.</summary>
    /// <inheritdoc cref="RequestAsync"/>
    public Task ReviewAsync(string topic)
    {
        lock (_gate)
            if (!_active.ContainsKey(topic))
                return Task.CompletedTask; // without a new epoch, which would make concurrent subscribes ask their permissions again
        return RequestAsync(subscription => subscription.Name == topic);
    }

    /// <summary>Completes when all evaluations that have been requested so far have completed. It never fails.</summary>
    public Task WhenDoneAsync()
    {
        lock (_gate)
            return (_waiting ?? _running)?.Task ?? Task.CompletedTask;
    }

    /// <summary>Ends the subscription of the client to a topic, and tells the client; does nothing when there is none.</summary>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="error">The reason.</param>
    /// <returns>A task that completes when no event of the topic follows. It never fails.</returns>
    public Task EndAsync(string topic, Exception error)
    {
        ClientSubscription? subscription;
        lock (_gate)
            subscription = _active.GetValueOrDefault(topic);
        return subscription is null ? Task.CompletedTask : EndAsync(subscription, error);
    }

    /// <summary>Called after each change of the session of the connection.</summary>
    public void NoteSessionChanged() => _ = RequestAsync();

    /// <summary>Makes a subscription active, in the turn of the lane of its topic.</summary>
    /// <param name="subscription">The subscription, whose gates have been checked.</param>
    /// <param name="previous">The active subscription to the same topic, which the new one replaces; null for none.</param>
    /// <returns>False when an evaluation has been requested since the check began.</returns>
    public bool TryActivate(ClientSubscription subscription, out ClientSubscription? previous)
    {
        lock (_gate)
        {
            previous = _active.GetValueOrDefault(subscription.Name);
            if (subscription.Epoch != _epoch)
                return false;
            _active[subscription.Name] = subscription;
            return true;
        }
    }

    /// <summary>Replaces an active subscription in the turn of the lane of its topic, or ends it.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="other">The subscription to the same topic that takes its place; null for none.</param>
    /// <returns>False when the subscription is not active.</returns>
    public bool Replace(ClientSubscription subscription, ClientSubscription? other)
    {
        lock (_gate)
        {
            if (_active.GetValueOrDefault(subscription.Name) != subscription)
                return false;
            if (other is null)
                _active.Remove(subscription.Name);
            else
                _active[subscription.Name] = other;
            return true;
        }
    }

    /// <summary>Ends the active subscription to a topic, in the turn of the lane of the topic.</summary>
    /// <returns>The subscription; null when there was none.</returns>
    public ClientSubscription? Remove(string topic)
    {
        lock (_gate)
            return _active.Remove(topic, out var removed) ? removed : null;
    }

    /// <summary>Called in the turn of the lane when the application has ended the subscription of the client. Tells the client.</summary>
    public void NoteEnded(string topic)
    {
        if (Remove(topic) is not { } ended)
            return;
        connection.PostSubscriptionEnded(ended, new ForbiddenError("The application has ended the subscription."));
        connection.LeavePresence(ended);
    }

    void IThreadPoolWorkItem.Execute() => _ = EvaluateAllAsync();

    private async Task EvaluateAllAsync()
    {
        for (var evaluation = _running; evaluation is not null;)
        {
            try
            {
                await EvaluateAsync(evaluation).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Only a bug of this library comes here. What was not evaluated must not go on.
                connection.Endpoint.LogNotAuthorized(connection, e);
                connection.Close(CloseCode.InternalError, "the authorization failed");
            }

            var completed = evaluation;
            lock (_gate)
                (_running, _waiting) = (evaluation = _waiting, null);
            completed.SetResult();
        }
    }

    private async Task EvaluateAsync(Evaluation evaluation)
    {
        ClientSubscription[] subscriptions;
        lock (_gate)
            subscriptions = [.. _active.Values.Where(evaluation.Selects)];
        if (connection.Endpoint.Definition.Permission is { } permission && await AskChannelAsync(permission).ConfigureAwait(false) is { } denial)
        {
            if (!connection.IsOpen)
                return; // The end of the connection has canceled its permissions. That is no failure.
            connection.Endpoint.LogChannelDenied(connection, denial);
            connection.Close(ChannelDenied, "the channel is forbidden; retry=never");
        }

        foreach (var subscription in subscriptions)
        {
            if (!connection.IsOpen)
                return; // a closed connection receives no event
            if (await new AuthorizationCall(connection, subscription).RunAsync().ConfigureAwait(false) is { } refusal)
                await EndAsync(subscription, refusal).ConfigureAwait(false);
        }
    }

    // The refusal; null when the client may stay connected. As for a subscription, an exception and a timeout are refusals.
    private async Task<Exception?> AskChannelAsync(EndpointPermission permission)
    {
        // It is not disposed of, because code that does not end in time may still use it.
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(connection.Closed);
        var asking = Task.Run(() => permission.EvaluateAsync(connection, cancellation.Token).AsTask());
        try
        {
            var endpoint = connection.Endpoint;
            await endpoint.Background.WaitAsync(asking, AuthorizationCall.Work, endpoint.Settings.Function.Timeout, endpoint.Clock).ConfigureAwait(false);
            return await asking.ConfigureAwait(false) ? null : new ForbiddenError("The permissions of the channel refused the connection.");
        }
        catch (Exception e)
        {
            if (!asking.IsCompleted)
                UserCallbacks.Cancel(cancellation, connection.Ambient, connection.CallbackFailed);
            return e;
        }
    }

    private async Task EndAsync(ClientSubscription subscription, Exception error)
    {
        try
        {
            await connection.Endpoint.Hub.ChangeAsync(new SubscriptionEnd(connection, subscription, error)).ConfigureAwait(false);
        }
        catch (EventHubException e)
        {
            // The lane is blocked or has stopped, so it can't end the subscription. A closed connection receives no event either.
            connection.Endpoint.LogNotAuthorized(connection, e);
            connection.Close(CloseCode.TryAgainLater, "a subscription could not be ended");
        }
    }

    /// <summary>One evaluation and what it evaluates. The requests of a waiting evaluation add up.</summary>
    private sealed class Evaluation() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private List<Func<ClientSubscription, bool>>? _topics = [];

        public void Add(Func<ClientSubscription, bool>? topics)
        {
            if (topics is null)
                _topics = null;
            else
                _topics?.Add(topics);
        }

        public bool Selects(ClientSubscription subscription) => _topics is null || _topics.Exists(selects => selects(subscription));
    }
}
