using Akka.Actor;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>
/// Connects the callers of a hub with its actors: it knows the lanes, and the calls that wait for a lane. It replaces <c>Ask</c>, which needs a timer for
/// each call. No call hangs: when an actor stops, the messages in its mailbox are discarded without notice, but <see cref="Close"/> fails all open calls,
/// and <see cref="FailOverdue"/> fails calls that wait too long. Thread-safe.
/// </summary>
/// <param name="settings">The limits of the calls that wait for them.</param>
/// <param name="startTimeout">The time that a call waits for the start of the node to begin (<c>pikku.start-timeout</c>).</param>
/// <param name="clock">Measures <paramref name="startTimeout"/> and <c>pikku.event-hub.call-timeout</c>.</param>
/// <param name="admitsWhenOpen">False when calls also wait for <see cref="Admit"/>: in a cluster a publish has to reach the other nodes.</param>
/// <param name="lease">Publishes are refused while the node does not hold it; null for a hub without a cluster.</param>
internal sealed class HubClient(
    EventHubSettings settings, TimeSpan startTimeout, TimeProvider clock, bool admitsWhenOpen = true, MembershipLease? lease = null)
{
    private static ReadOnlySpan<byte> NoEvent => "null"u8; // the topics of stores have no subscribers

    private readonly Lock _lock = new();
    private readonly HashSet<PendingCall> _calls = [];
    private readonly List<(PendingCall Call, string Topic, object Message)> _early = [];
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopped = new();
    private volatile IActorRef[] _lanes = [];
    private volatile bool _admits;
    private Exception? _failure;
    private long _size;
    private int _publishes;
    private int _subscribes;
    private bool _closed;

    /// <summary>The unique id of this node in the cluster. Known when the lanes have started.</summary>
    public int Self { get; set; }

    /// <summary>The entries of presence and state topics as the lanes know them.</summary>
    public KeyedIndex Entries { get; } = new();

    /// <summary>The stored sessions as the lanes know them; null when this node keeps none.</summary>
    public StoreIndex? Sessions { get; init; }

    /// <summary>The results of requests as the lanes know them; null when this node keeps none.</summary>
    public StoreIndex? Requests { get; init; }

    /// <summary>Completes when the lanes have started; fails when the hub stops before that.</summary>
    public Task Opened => _opened.Task;

    /// <summary>True when calls are sent to the lanes. Before that they wait, see <see cref="OutcomeAsync"/>.</summary>
    public bool Admits => _admits;

    /// <summary>Canceled when the hub has stopped.</summary>
    public CancellationToken Stopped => _stopped.Token;

    /// <summary>True until the hub has stopped.</summary>
    public bool IsOpen => _lanes.Length > 0;

    /// <summary>False while a publish may not be acknowledged, because this node may have been removed from its cluster.</summary>
    public bool IsMember => lease?.IsHeld != false;

    /// <summary>Starts the node if a call arrives before the start; null when the node can't be started this way.</summary>
    public Func<Task>? Starter { get; set; }

    /// <summary>Reports that the start has begun. Calls now wait until the start succeeds or fails, without the limit of <c>pikku.start-timeout</c>.</summary>
    public void Begun() => _begun.TrySetResult();

    /// <summary>Reports that the lanes have started. It has no effect after <see cref="Close"/>: the subscriptions of a stopped hub are lost, and reopening would hide that.</summary>
    public void Open(IActorRef[] lanes)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _lanes = lanes;
        }

        _begun.TrySetResult();
        _opened.TrySetResult();
        if (admitsWhenOpen)
            Admit();
    }

    /// <summary>Sends calls to the lanes from now on, beginning with the calls that arrived before the start, in their order.</summary>
    public void Admit()
    {
        lock (_lock)
        {
            if (_closed)
                return;
            foreach (var (call, topic, message) in _early)
            {
                if (!call.IsOver)
                    _lanes[Lanes.Of(topic)].Tell(message, ActorRefs.NoSender);
            }

            _early.Clear();
            _early.TrimExcess();
            _admits = true;
        }

        _admitted.TrySetResult();
    }

    /// <summary>Refuses all calls from now on, and fails the calls that wait. Called when no lane runs any more.</summary>
    public void Close()
    {
        PendingCall[] waiting;
        lock (_lock)
        {
            _closed = true;
            _lanes = [];
            _early.Clear();
            waiting = [.. _calls];
        }

        foreach (var call in waiting)
            call.Fail(Unavailable());
        _stopped.Cancel();
        _begun.TrySetResult();
        _opened.TrySetException(Unavailable());
        _admitted.TrySetException(Unavailable());
        // The exceptions are read here, so that they do not count as unobserved when nobody waits for these tasks.
        _ = _opened.Task.Exception;
        _ = _admitted.Task.Exception;
    }

    /// <summary>Closes the hub because the node could not be started.</summary>
    /// <param name="failure">The reason, which is the inner exception of the calls that fail.</param>
    public void Fail(Exception failure)
    {
        lock (_lock)
            _failure ??= failure;
        Close();
    }

    /// <summary>Registers a call. A registered call ends in all cases, even if the lane fails.</summary>
    /// <param name="isPublish">True for a publish, false for a subscribe or an unsubscribe.</param>
    /// <param name="size">The size of the event in bytes.</param>
    /// <exception cref="EventHubException">The hub has stopped, the node is cut off from its cluster, or too many calls or bytes wait.</exception>
    public PendingCall Begin(bool isPublish, int size = 0)
    {
        if (isPublish && !IsMember)
            throw CutOff();
        lock (_lock)
        {
            if (_closed)
                throw Unavailable();
            if (isPublish)
                CheckPublishes(size);
            else if (_subscribes >= settings.MaxPendingSubscribes)
                throw new EventHubException(EventHubErrorReason.Unavailable,
                    $"{_subscribes} subscribe calls already wait, the maximum of pikku.event-hub.max-pending-subscribes.");

            return Add(new PendingCall(this, isPublish, size));
        }
    }

    /// <summary>Registers a call that ends a subscription, as <see cref="Begin"/> but without a limit.</summary>
    /// <exception cref="EventHubException">The hub has stopped.</exception>
    public PendingCall BeginEnd()
    {
        lock (_lock)
            return _closed ? throw Unavailable() : Add(new PendingCall(this, isPublish: false, size: 0));
    }

    /// <summary>Unregisters a call.</summary>
    public void End(PendingCall call)
    {
        lock (_lock)
        {
            if (_calls.Remove(call))
                Count(call, -1);
        }
    }

    /// <summary>
    /// Fails the calls that have waited for <c>pikku.event-hub.call-timeout</c> since an earlier call of this method found them. Called at a regular
    /// interval, which is therefore the precision of the timeout. A lane may still carry out such a call. Until then the call counts against the limits,
    /// because its message uses memory.
    /// </summary>
    public void FailOverdue()
    {
        if (!_admits)
            return;
        var now = clock.GetTimestamp();
        List<PendingCall> overdue = [];
        lock (_lock)
        {
            foreach (var call in _calls)
            {
                call.WaitingSince ??= now;
                if (!call.IsOver && clock.GetElapsedTime(call.WaitingSince.Value, now) >= settings.CallTimeout)
                    overdue.Add(call);
            }
        }

        foreach (var call in overdue)
            call.Abandon(new EventHubException(EventHubErrorReason.Unavailable,
                $"The event hub did not carry out the call within pikku.event-hub.call-timeout = {settings.CallTimeout}, because a receiver of an event blocks its lane. The call may still be carried out."));
    }

    /// <summary>The outcome of a call, for its caller. A call that arrives before the start waits for the start.</summary>
    public ValueTask OutcomeAsync(PendingCall call) => new(_admits ? call.Task : OutcomeAfterStartAsync(call));

    /// <summary>Completes when the hub sends calls to its lanes.</summary>
    /// <exception cref="EventHubException">The node could not be started, or its start did not begin in time.</exception>
    public async Task StartedAsync()
    {
        if (_admits)
            return;
        await StartBegunAsync();
        await _admitted.Task;
    }

    /// <inheritdoc cref="StartedAsync()"/>
    /// <param name="cancellationToken">Ends the wait. The host reports a failure of the start after that.</param>
    public Task StartedAsync(CancellationToken cancellationToken) => StartedAsync().WaitOrAbandonAsync(cancellationToken);

    /// <summary>Sends a call to the lane of its topic, immediately or after the start.</summary>
    public void Tell(PendingCall call, string topic, object message)
    {
        if (!_admits)
        {
            lock (_lock)
            {
                if (!_admits)
                {
                    if (!_closed)
                        _early.Add((call, topic, message));
                    return;
                }
            }
        }

        Tell(Lanes.Of(topic), message);
    }

    /// <summary>The store to which a topic belongs; null for a topic of the application.</summary>
    public StoreIndex? StoreOf(string topic) => Sessions?.Owns(topic) == true ? Sessions : Requests?.Owns(topic) == true ? Requests : null;

    /// <summary>Writes an entry of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="write">The write.</param>
    /// <param name="isReplicatedToAll">See <see cref="ReplicatedEvent.IsReplicatedToAll"/>.</param>
    /// <exception cref="EventHubException">The hub has stopped, the node is cut off from its cluster, or too many calls or bytes wait.</exception>
    public ValueTask WriteAsync(StoreIndex store, KeyedWrite write, bool isReplicatedToAll)
    {
        var topic = store.TopicOf(write.Key);
        var hubEvent = EventEncoder.EncodeKeyed(topic, NoEvent, write, store.Options, int.MaxValue, isReplicatedToAll: isReplicatedToAll);
        var call = Begin(isPublish: true, hubEvent.Size + (write.Value?.Length ?? 0));
        Tell(call, topic, new HubProtocol.Publish(call, hubEvent));
        return OutcomeAsync(call);
    }

    /// <summary>Reads what a lane knows, in a turn of the lane.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="read">Reads. It runs in the lane, so it has to be short, and must not keep what it is given.</param>
    /// <exception cref="EventHubException">The hub has stopped, or too many calls wait.</exception>
    public async Task ReadAsync(int lane, Action<TopicTable, LaneHistory> read)
    {
        await StartedAsync().ConfigureAwait(false);
        var call = Begin(isPublish: false);
        Tell(lane, new HubProtocol.Read(call, read));
        await OutcomeAsync(call).ConfigureAwait(false);
    }

    /// <summary>Sends a message to a lane; does nothing when the hub does not run.</summary>
    public void Tell(int lane, object message)
    {
        var lanes = _lanes;
        if (lane < lanes.Length)
            lanes[lane].Tell(message, ActorRefs.NoSender);
    }

    private PendingCall Add(PendingCall call)
    {
        _calls.Add(call);
        Count(call, 1);
        return call;
    }

    private void CheckPublishes(int size)
    {
        if (_publishes >= settings.MaxPendingPublishes)
            throw new EventHubException(EventHubErrorReason.Unavailable,
                $"{_publishes} publish calls already wait, the maximum of pikku.event-hub.max-pending-publishes.");
        if (_publishes > 0 && _size + size > settings.MaxPendingSize)
            throw new EventHubException(EventHubErrorReason.Unavailable,
                $"Publish calls with {_size} bytes already wait; pikku.event-hub.max-pending-size allows {settings.MaxPendingSize}.");
    }

    private void Count(PendingCall call, int change)
    {
        if (call.IsPublish)
            _publishes += change;
        else
            _subscribes += change;
        _size += change * call.Size;
    }

    private async Task OutcomeAfterStartAsync(PendingCall call)
    {
        try
        {
            await StartBegunAsync();
        }
        catch (EventHubException exception)
        {
            lock (_lock)
                _early.RemoveAll(early => early.Call == call);
            call.Fail(exception);
        }

        await call.Task;
    }

    private async Task StartBegunAsync()
    {
        if (!_begun.Task.IsCompleted)
            Starter?.Invoke().IgnoreFailure(); // a failure of the start reaches the callers and the host through Fail
        try
        {
            await _begun.Task.WaitAsync(startTimeout, clock);
        }
        catch (TimeoutException)
        {
            throw new EventHubException(EventHubErrorReason.Unavailable,
                $"The event hub was not started within pikku.start-timeout = {startTimeout}. Start the host before you use the event hub.");
        }
    }

    /// <summary>The error of a publish while <see cref="IsMember"/> is false.</summary>
    public static EventHubException CutOff() => new(EventHubErrorReason.Unavailable, MembershipLease.Refusal);

    private EventHubException Unavailable() => _failure is { } failure
        ? new(EventHubErrorReason.Unavailable, "The node of the event hub could not be started.", failure)
        : new(EventHubErrorReason.Unavailable, "The event hub has stopped.");
}
