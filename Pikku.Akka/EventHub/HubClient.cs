using Akka.Actor;
using Akka.Util;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>
/// Where callers and actors of one hub meet: the lanes, and the calls that wait for one. Calls are kept here and not by <c>Ask</c>, so
/// that a call costs no timer and none hangs: a mailbox that is thrown away tells nobody, but <see cref="Close"/> fails what is open, and
/// <see cref="FailOverdue"/> what waits too long.
/// </summary>
/// <param name="settings">How many lanes there are, and how much may wait for them.</param>
/// <param name="startTimeout">How long a call waits for a start that does not begin (<c>pikku.start-timeout</c>).</param>
/// <param name="clock">Measures how long a call waits for a start that does not begin.</param>
/// <param name="admitsWhenOpen">False when calls also wait for <see cref="Admit"/>: in a cluster a publish must find the other nodes.</param>
internal sealed class HubClient(EventHubSettings settings, TimeSpan startTimeout, TimeProvider? clock = null, bool admitsWhenOpen = true)
{
    private readonly Lock _lock = new();
    private readonly HashSet<PendingCall> _calls = [];
    private readonly List<(PendingCall Call, string Topic, object Message)> _early = [];
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IActorRef[] _lanes = [];
    private volatile bool _admits;
    private Exception? _failure;
    private long _size;
    private int _publishes;
    private int _subscribes;
    private bool _closed;

    /// <summary>How many lanes the hub has.</summary>
    public int Lanes { get; } = settings.Lanes;

    /// <summary>Completes when the lanes are there; fails when the hub stopped before.</summary>
    public Task Opened => _opened.Task;

    /// <summary>False before calls are passed on to the lanes. Until then they wait, see <see cref="OutcomeAsync"/>.</summary>
    public bool Admits => _admits;

    /// <summary>True until the hub has stopped.</summary>
    public bool IsOpen => _lanes.Length > 0;

    /// <summary>Begins the start of the node when a call comes before it; null when nobody can.</summary>
    public Func<Task>? Starter { get; set; }

    /// <summary>The start has begun: whoever waits for it waits for its end, good or bad.</summary>
    public void Begun() => _begun.TrySetResult();

    /// <summary>The lanes are there. Without effect once closed: the subscriptions of a hub that stopped are lost, which must not go unnoticed.</summary>
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

    /// <summary>Passes calls on to the lanes from now on: first those that came too early, in their order.</summary>
    public void Admit()
    {
        lock (_lock)
        {
            if (_closed)
                return;
            foreach (var (call, topic, message) in _early)
            {
                if (call.IsOver)
                    continue;
                call.Since = Environment.TickCount64;
                _lanes[LaneOf(topic)].Tell(message, ActorRefs.NoSender);
            }

            _early.Clear();
            _early.TrimExcess();
            _admits = true;
        }

        _admitted.TrySetResult();
    }

    /// <summary>Refuses all calls from now on and fails those that wait. Called when no lane runs any more.</summary>
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
        _begun.TrySetResult();
        _opened.TrySetException(Unavailable());
        _admitted.TrySetException(Unavailable());
        // Nobody need have waited.
        _ = _opened.Task.Exception;
        _ = _admitted.Task.Exception;
    }

    /// <summary>As <see cref="Close"/>, when the node could not be started.</summary>
    /// <param name="failure">Why.</param>
    public void Fail(Exception failure)
    {
        lock (_lock)
            _failure ??= failure;
        Close();
    }

    /// <summary>Registers a call. Once this returns, it ends, whatever happens to the lane.</summary>
    /// <param name="isPublish">True for a publish, false for a subscribe and its end.</param>
    /// <param name="size">The bytes that wait with it.</param>
    /// <exception cref="EventHubException">The hub has stopped, or too much waits.</exception>
    public PendingCall Begin(bool isPublish, int size = 0)
    {
        lock (_lock)
        {
            if (_closed)
                throw Unavailable();
            if (isPublish)
                CheckPublishes(size);
            else if (_subscribes >= settings.MaxPendingSubscribes)
                throw new EventHubException(EventHubErrorReason.Unavailable,
                    $"{_subscribes} subscribes wait already, which is as many as pikku.event-hub.max-pending-subscribes allows.");

            var call = new PendingCall(this, isPublish, size);
            _calls.Add(call);
            Count(call, 1);
            return call;
        }
    }

    /// <summary>Forgets a call.</summary>
    public void End(PendingCall call)
    {
        lock (_lock)
        {
            if (_calls.Remove(call))
                Count(call, -1);
        }
    }

    /// <summary>
    /// Tells the callers of calls that have waited for longer than <c>pikku.event-hub.call-timeout</c>. What a lane has not done yet it may
    /// still do; until then the call counts against the bounds, because its message takes memory.
    /// </summary>
    /// <param name="now">As <see cref="PendingCall.Since"/>.</param>
    public void FailOverdue(long now)
    {
        if (!_admits)
            return;
        PendingCall[] overdue;
        lock (_lock)
            overdue = [.. _calls.Where(call => !call.IsOver && now - call.Since >= settings.CallTimeout.TotalMilliseconds)];
        foreach (var call in overdue)
            call.Abandon(new EventHubException(EventHubErrorReason.Unavailable,
                $"The event hub did not do it within pikku.event-hub.call-timeout = {settings.CallTimeout}: something that was given an event blocks. It may still be done."));
    }

    /// <summary>The end of a call, for its caller. A call that came before the hub was there waits for it.</summary>
    public ValueTask OutcomeAsync(PendingCall call) => new(_admits ? call.Task : OutcomeAfterStartAsync(call));

    /// <summary>Completes when the hub passes calls on.</summary>
    /// <exception cref="EventHubException">The node could not be started, or nobody starts it.</exception>
    public async Task StartedAsync()
    {
        if (_admits)
            return;
        await StartBegunAsync();
        await _admitted.Task;
    }

    /// <summary>The lane of a topic: the same for as long as the hub runs, so that one actor orders all events of a topic.</summary>
    public int LaneOf(string topic) => (int)((uint)MurmurHash.StringHash(topic) % (uint)Lanes);

    /// <summary>Gives a call to the lane of its topic, at once or when there is one.</summary>
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

        Tell(LaneOf(topic), message);
    }

    /// <summary>Tells a lane; nothing happens when the hub does not run.</summary>
    public void Tell(int lane, object message)
    {
        var lanes = _lanes;
        if (lane < lanes.Length)
            lanes[lane].Tell(message, ActorRefs.NoSender);
    }

    /// <summary>Hands events of another node to the subscribers of this one: one message for each lane that has something in it.</summary>
    /// <param name="events">The events, in their order.</param>
    /// <param name="delivery">Is told when they are delivered, or when the hub does not run; null when nobody asks.</param>
    public void DeliverRemote(IReadOnlyList<HubEvent> events, HubDelivery? delivery = null)
    {
        var parts = new List<HubEvent>?[Lanes];
        if (IsOpen)
            foreach (var hubEvent in events)
                (parts[LaneOf(hubEvent.Topic)] ??= []).Add(hubEvent);
        for (var lane = 0; lane < parts.Length; lane++)
        {
            if (parts[lane] is not { } part)
                continue;
            delivery?.AddPart();
            Tell(lane, new HubProtocol.DeliverRemote(part, delivery));
        }

        delivery?.EndPart();
    }

    private void CheckPublishes(int size)
    {
        if (_publishes >= settings.MaxPendingPublishes)
            throw new EventHubException(EventHubErrorReason.Unavailable,
                $"{_publishes} publishes wait already, which is as many as pikku.event-hub.max-pending-publishes allows.");
        if (_publishes > 0 && _size + size > settings.MaxPendingSize)
            throw new EventHubException(EventHubErrorReason.Unavailable,
                $"Publishes of {_size} bytes wait already, and pikku.event-hub.max-pending-size allows {settings.MaxPendingSize}.");
    }

    private void Count(PendingCall call, int by)
    {
        if (call.IsPublish)
            _publishes += by;
        else
            _subscribes += by;
        _size += by * call.Size;
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
            _ = Starter?.Invoke();
        try
        {
            await _begun.Task.WaitAsync(startTimeout, clock ?? TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new EventHubException(EventHubErrorReason.Unavailable,
                $"Nobody has started the event hub within pikku.start-timeout = {startTimeout}. Start the host before you use it.");
        }
    }

    private EventHubException Unavailable() => _failure is { } failure
        ? new(EventHubErrorReason.Unavailable, "The node of the event hub could not be started.", failure)
        : new(EventHubErrorReason.Unavailable, "The event hub has stopped.");
}
