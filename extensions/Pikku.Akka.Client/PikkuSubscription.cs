namespace Pikku.Akka.Clients;

/// <summary>The subscribers of a topic, the subscription on the server that they share, and their position in the events of the topic. The lock of
/// <see cref="PikkuSubscriptions"/> protects it.</summary>
internal sealed class PikkuSubscription(string topic, int maxEarly)
{
    // The events that arrived while the state of a topic without history was being loaded. It may or may not contain them.
    private readonly List<PikkuItem> _early = new();
    private bool _isEarlyOver;
    private long _replaying;
    private bool _hasSince;
    // True if the subscribers were told that the subscription is in force on this connection.
    private bool _isTold;

    public enum Status
    {
        None,
        Subscribing,
        Active,
        Unsubscribing,
    }

    public string Topic { get; } = topic;

    /// <summary>Replaced by each change, so that an event can be delivered without the lock.</summary>
    public PikkuSubscriber[] Subscribers { get; private set; } = Array.Empty<PikkuSubscriber>();

    public Status State { get; set; }

    /// <summary>True if the server has the subscription, although another request for it may be open or planned.</summary>
    public bool IsInForce { get; private set; }

    /// <summary>The position of the subscribers, which share it; null if the topic keeps no history.</summary>
    public PikkuPosition? Position { get; private set; }

    /// <summary>The number of the last request. An answer to an earlier request, and a retry that was planned earlier, have no effect.</summary>
    public int Request { get; set; }

    /// <summary>The number of consecutive requests that failed for another reason than a denial.</summary>
    public int Failures { get; set; }

    /// <summary>The number of holes since the last event. The first one is repaired at once; a server that replays with holes must not be asked in a loop.</summary>
    public int Holes { get; set; }

    /// <summary>Set while the next request waits.</summary>
    public ITimer? Retry { get; set; }

    /// <summary>True if the next connection brings what is missed: by the position, or because every subscriber receives the state again.</summary>
    public bool CanResume => Position is not null || Subscribers.All(one => one.NeedsState);

    /// <summary>True if events were lost and the route has not reported it yet.</summary>
    public bool HasMissed { get; set; }

    /// <summary>True if a subscriber waits for the state of the topic.</summary>
    public bool IsStateAwaited => Subscribers.Any(one => one.NeedsState && !one.IsStarted);

    public void Add(PikkuSubscriber subscriber) => Subscribers = Subscribers.Append(subscriber).ToArray();

    public bool Remove(PikkuSubscriber subscriber)
    {
        var before = Subscribers.Length;
        Subscribers = Subscribers.Where(other => other != subscriber).ToArray();
        return Subscribers.Length < before;
    }

    public void RemoveAll() => Subscribers = Array.Empty<PikkuSubscriber>();

    public void CancelRetry()
    {
        Request++;
        Retry?.Dispose();
        Retry = null;
    }

    /// <summary>The connection has ended. The position remains, so that the next connection resumes.</summary>
    public void Interrupt()
    {
        CancelRetry();
        (Failures, Holes) = (0, 0);
        (State, IsInForce, _isTold) = (Status.None, false, false);
    }

    /// <summary>The subscription has ended, because nobody wants it or because the server refuses it.</summary>
    public void Clear() => (State, IsInForce, _isTold, Position) = (Status.None, false, false, null);

    /// <summary>Begins a subscribe.</summary>
    /// <returns>The position to resume at; null to ask for the state of the topic and for what follows.</returns>
    public string? Subscribe()
    {
        State = Status.Subscribing;
        _early.Clear();
        _isEarlyOver = false;
        _hasSince = Position is not null && !IsStateAwaited;
        return _hasSince ? Position!.ToString() : null;
    }

    /// <summary>Judges a message of the topic and advances the position.</summary>
    public PikkuVerdict Judge(JsonElement message, out PikkuItem item)
    {
        var hasData = message.TryGetProperty("data", out var data);
        item = new PikkuItem(data);
        if (!hasData && message.TryGetProperty("position", out var text) && text.ValueKind == JsonValueKind.String)
            return Renew(PikkuPosition.Read(text.GetString()!));
        var at = message.TryGetProperty("at", out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
        if (Position is null || at is null || !PikkuPosition.TryRead(at, out var origin, out var number))
        {
            item = item with { At = at };
            return hasData && JudgeUnnumbered(item) ? PikkuVerdict.Deliver : PikkuVerdict.Drop;
        }

        // Between a subscribe and its reply: the reply says from where on the events follow.
        if (State is not (Status.Active or Status.Unsubscribing))
            return PikkuVerdict.Drop;
        var isReplayed = _replaying > 0;
        if (isReplayed)
            _replaying--;
        switch (Position.Advance(origin, number))
        {
            case PikkuProgress.Next:
                Holes = 0;
                item = item with { At = at, IsReplayed = isReplayed };
                return hasData ? PikkuVerdict.Deliver : PikkuVerdict.Drop;
            case PikkuProgress.Hole when State == Status.Active:
                return PikkuVerdict.SubscribeAgain;
            default:
                return PikkuVerdict.Drop;
        }
    }

    /// <summary>Applies the reply to a subscribe.</summary>
    /// <param name="reply">The data of the reply.</param>
    /// <param name="after">Receives the calls of subscribers.</param>
    /// <returns>False if the client must subscribe once more before it takes events.</returns>
    public bool Accept(JsonElement reply, List<Action> after)
    {
        var recovery = PikkuRecovery.Read(reply);
        var isComplete = recovery.IsComplete && _hasSince;
        var wasInForce = IsInForce;
        IsInForce = true;
        if (!_hasSince && Position is not null && recovery.Position is not null && Subscribers.Any(one => one.IsStarted && !one.NeedsState))
        {
            // Only the state was asked for. Who follows the events without it must not lose those between the two positions, so the position remains as it
            // was, and the client resumes there. Who has the state then skips what it contains.
            foreach (var one in Subscribers.Where(one => one.NeedsState && !one.IsStarted))
                Load(one, recovery.State, recovery.Position, null, after);
            return false;
        }

        PikkuLossReason? loss = isComplete || (Position is null && wasInForce) ? null : Position is null ? PikkuLossReason.NoHistory : recovery.Reason;
        var isStateAfterLoss = _hasSince || Position is null;
        HasMissed |= _hasSince && !isComplete;
        Position = recovery.Position ?? (isComplete ? Position : null);
        _replaying = isComplete ? recovery.Replayed : 0;
        foreach (var one in Subscribers)
        {
            // A repair that brings everything is not worth mentioning.
            var isNews = !_isTold || !isComplete || !one.IsStarted;
            if (!one.NeedsState)
                Follow(one, loss, after);
            else if (!isComplete)
                Load(one, recovery.State, null, one.IsStarted && isStateAfterLoss ? loss : null, after);
            if (isNews && one.IsStarted)
                after.Add(one.Start);
        }

        _isTold = true;
        _early.Clear();
        return true;
    }

    /// <summary>Starts the subscribers that need no state, when the subscription is in force.</summary>
    public void StartFollowers(List<Action> after)
    {
        foreach (var one in Subscribers.Where(one => !one.IsStarted && !one.NeedsState))
        {
            one.IsStarted = true;
            after.Add(one.Start);
        }
    }

    /// <summary>Returns true if the event follows what the subscriber has.</summary>
    public static bool Concerns(PikkuSubscriber subscriber, PikkuItem item) =>
        subscriber.IsStarted
        && !(subscriber.LoadedAt is { } loaded && item.At is { } at && PikkuPosition.TryRead(at, out var origin, out var number) && loaded.Covers(origin, number));

    private void Follow(PikkuSubscriber subscriber, PikkuLossReason? loss, List<Action> after)
    {
        if (subscriber.IsStarted && loss is { } reason)
            after.Add(() => subscriber.Lose(new PikkuEventsLostException(Topic, reason)));
        subscriber.IsStarted = true;
    }

    private void Load(PikkuSubscriber subscriber, JsonElement state, PikkuPosition? at, PikkuLossReason? loss, List<Action> after)
    {
        (subscriber.IsStarted, subscriber.LoadedAt) = (true, at);
        Exception? failure = _isEarlyOver ? new PikkuBufferOverflowException(maxEarly)
            : state.ValueKind == JsonValueKind.Undefined ? new InvalidDataException($"The server sent no state of {Topic}.") : null;
        if (failure is not null)
        {
            after.Add(() => subscriber.Fail(failure));
            return;
        }

        after.Add(() => subscriber.Receive(new PikkuItem(state) { IsState = true, Loss = loss }));
        after.AddRange(_early.Select(item => (Action)(() => subscriber.Receive(item))));
    }

    /// <summary>Replaces the position, which forgets origins that no longer exist, unless it shows that events are missing.</summary>
    private PikkuVerdict Renew(PikkuPosition position)
    {
        if (State != Status.Active || Position is null)
            return PikkuVerdict.Drop;
        if (!Position.Covers(position))
            return PikkuVerdict.SubscribeAgain;
        Position = position;
        return PikkuVerdict.Drop;
    }

    /// <summary>Returns true if an event without a number is delivered.</summary>
    private bool JudgeUnnumbered(PikkuItem item)
    {
        if (State == Status.Active)
            return true;
        // A subscription without history that is in force remains so while the state is asked for again.
        if (!IsInForce || Position is not null)
            return false;
        if (State == Status.Subscribing && !_isEarlyOver)
        {
            _isEarlyOver = _early.Count >= maxEarly;
            if (_isEarlyOver)
                _early.Clear();
            else
                _early.Add(item);
        }

        return true;
    }
}
