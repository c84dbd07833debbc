using Akka.Event;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The subscriptions of one lane: makes and ends them, each in one turn of the lane, answers clients that come back with a position, and delivers events. Not
/// thread-safe: the lane owns it.
/// </summary>
/// <remarks>
/// A subscribe with a position is judged by the <see cref="Lane"/>. When this node does not have everything that the client has, the subscribe waits in
/// <see cref="WaitingSubscribes"/>, and its call completes: what remains is the message of the client, which the subscribe answers when it is judged again.
/// </remarks>
/// <param name="table">The subscriptions, which outlive a restart of the lane.</param>
/// <param name="lane">The history of the topics.</param>
/// <param name="node">What all lanes of the node share.</param>
internal sealed class LaneSubscriptions(TopicTable table, Lane lane, HubContext node)
{
    private readonly WaitingSubscribes _waiting = new(node.Waiting);
    private readonly PositionRenewal _renewal = new(node.History, lane.History.Now);
    private readonly HashSet<string> _refreshes = new(StringComparer.Ordinal);
    private readonly HashSet<IEventSubscriber> _behind = [];
    private readonly long _wait = (long)node.History.Wait.TotalMilliseconds;

    // After a restart the metrics already include the topics of the table and the kept events.
    private int _countedTopics = table.Topics;
    private int _countedEvents = lane.History.Count;
    private long _countedSize = lane.History.Size;

    public void Subscribe(HubProtocol.Subscribe subscribe)
    {
        var (call, topic, type, subscriber, handler) = subscribe;
        if (!HasType(call, topic, type))
            return;
        if (!table.Contains(topic, subscriber.Id, handler))
        {
            switch (subscriber.Subscriptions.TryAdd(node.MaxSubscriptions))
            {
                case LedgerAnswer.Added:
                    table.Add(topic, type, subscriber, handler);
                    node.Metrics.Subscribed();
                    CountTopics();
                    break;
                case LedgerAnswer.Full:
                    Refuse(call, Full(subscriber));
                    return;
                case LedgerAnswer.Gone:
                    break;
            }
        }

        call.Complete();
    }

    public void Unsubscribe(HubProtocol.Unsubscribe unsubscribe)
    {
        var (call, topic, subscriber) = unsubscribe;
        var hasClient = table.HasClient(topic, subscriber.Id);
        ReleaseSubscriptions(subscriber, table.Remove(topic, subscriber.Id));
        if (hasClient)
            subscriber.ClientSubscriptionEnded(topic);
        call.Complete();
    }

    // The change and its message to the client belong to one turn: a reply comes before the first event, and a notice of the end behind the last one.
    public void Change(HubProtocol.ChangeClient message)
    {
        var (call, change) = message;
        if (change is IClientSubscribe subscribe)
        {
            Subscribe(call, subscribe);
            return;
        }

        if (((IClientEnd)change).TryCommit())
            ReleaseSubscriptions(change.Subscriber, table.RemoveClient(change.Topic, change.Subscriber.Id));
        call.Complete();
    }

    /// <summary>Ends all subscriptions of a subscriber.</summary>
    public void Remove(IEventSubscriber subscriber)
    {
        _behind.Remove(subscriber);
        ReleaseSubscriptions(subscriber, table.RemoveSubscriber(subscriber.Id));
    }

    /// <summary>Delivers an event to the subscribers of its topic.</summary>
    /// <param name="hubEvent">The event.</param>
    /// <param name="isCurrent">False when the event writes a key to which a later write is known, so that clients get only its number.</param>
    /// <returns>The number of subscribers that have received it.</returns>
    public int Deliver(HubEvent hubEvent, bool isCurrent)
    {
        var delivered = 0;
        foreach (var subscription in table.ReceiversOf(hubEvent.Topic))
        {
            try
            {
                if (!isCurrent || (hubEvent.Except is { } except && except == subscription.Subscriber.Id))
                {
                    if (hubEvent.Number != 0)
                        subscription.DeliverTick(hubEvent);
                    continue;
                }

                subscription.Deliver(hubEvent);
                delivered++;
            }
            catch (Exception exception)
            {
                // A failure of one subscriber must not prevent the delivery to the others.
                node.Metrics.DeliveryFailed();
                node.Log.Warning(exception, "Connection {ChannelId} failed to accept an event of topic {Topic}", subscription.Subscriber.Id, hubEvent.Topic);
            }
        }

        node.Metrics.Delivered(delivered);
        if (hubEvent.Number != 0)
        {
            hubEvent.EndDelivery();
            _waiting.NoteEvent(hubEvent.Topic);
        }

        return delivered;
    }

    /// <summary>Sends the position of a topic to its subscribers at the end of the turn, because events of it are lost.</summary>
    public void Refresh(string topic) => _refreshes.Add(topic);

    /// <summary>Notes that events for a subscriber were dropped, because it had no room. It gets its positions as soon as it has room again.</summary>
    public void NoteDropped(IEventSubscriber subscriber) => _behind.Add(subscriber);

    /// <summary>Does what the events of this turn have made possible. Called at the end of each turn, because the lane must not be used while it delivers.</summary>
    public void EndTurn()
    {
        if (_waiting.HasChanged)
            _waiting.RetryChanged(TryFinish);
        if (_refreshes.Count == 0)
            return;
        foreach (var topic in _refreshes)
            SendRefresh(topic);
        _refreshes.Clear();
    }

    /// <summary>Called at a regular interval.</summary>
    public void Tick()
    {
        _waiting.RetryAll(TryFinish);
        if (_behind.Count > 0)
            _behind.RemoveWhere(TryRefresh);
        _renewal.Continue(table.Names, lane.History.Now, SendRefresh);
        CountHistory();
    }

    private void Subscribe(PendingCall call, IClientSubscribe subscribe)
    {
        var (topic, subscriber) = (subscribe.Topic, subscribe.Subscriber);
        if (!HasType(call, topic, subscribe.Type))
            return;
        var holdsPlace = !table.HasClient(topic, subscriber.Id);
        switch (holdsPlace ? subscriber.Subscriptions.TryAdd(node.MaxSubscriptions) : LedgerAnswer.Added)
        {
            case LedgerAnswer.Full:
                Refuse(call, Full(subscriber));
                return;
            case LedgerAnswer.Gone:
                call.Complete();
                return;
        }

        if (Judge(subscribe) is { } recovery)
            Commit(subscribe, recovery, holdsPlace);
        else if (_waiting.TryAdd(new WaitingSubscribe(subscribe, lane.History.Now + _wait, holdsPlace)))
            Park(subscribe);
        else
            Commit(subscribe, Lost(LossReason.Unknown, topic), holdsPlace);
        call.Complete();
    }

    /// <summary>Judges the position of a client; null when the subscribe has to wait.</summary>
    private Recovery? Judge(IClientSubscribe subscribe)
    {
        var topic = subscribe.Topic;
        if (node.HistoryOf(topic) is null)
            return subscribe.Since is null ? Recovery.None(null) : Recovery.Lost(LossReason.Unknown, null);
        if (subscribe.Since is not { } since)
            return Recovery.None(PositionOf(topic)) with { Topic = lane.History.Find(topic) };
        var verdict = lane.Judge(topic, since);
        return verdict.Kind switch
        {
            VerdictKind.Complete => new Recovery(RecoveryKind.Complete, default, verdict.Start, verdict.Replay, lane.History.Find(topic)),
            VerdictKind.Lost => Lost(verdict.Reason, topic),
            _ => null,
        };
    }

    // True when the client is subscribed.
    private bool Commit(IClientSubscribe subscribe, in Recovery recovery, bool holdsPlace)
    {
        var (topic, subscriber) = (subscribe.Topic, subscribe.Subscriber);
        var outcome = SubscribeOutcome.Declined;
        try
        {
            outcome = subscribe.TryCommit(recovery);
            if (outcome == SubscribeOutcome.NoRoom)
                outcome = subscribe.TryCommit(Lost(LossReason.Limit, topic));
        }
        finally
        {
            // A concurrent subscribe to the same topic may have been first.
            if (holdsPlace && (outcome != SubscribeOutcome.Committed || table.HasClient(topic, subscriber.Id)))
                subscriber.Subscriptions.Release(1);
        }

        if (outcome != SubscribeOutcome.Committed)
            return false;
        if (subscribe.Outcome is { } recovered)
            node.Metrics.Recovered(recovered, recovery.Replay.Count);
        if (table.HasClient(topic, subscriber.Id))
            return true;
        table.AddClient(topic, subscribe.Type, subscriber);
        node.Metrics.Subscribed();
        CountTopics();
        return true;
    }

    // While a subscribe waits, an older subscription of the connection must not deliver: what it delivers would come before the reply and again behind it.
    private void Park(IClientSubscribe subscribe)
    {
        if (table.Find(subscribe.Topic, subscribe.Subscriber.Id) is { } older)
            older.IsSuspended = true;
        node.Metrics.WaitingChanged(1);
        subscribe.Parked();
    }

    // False when the subscribe has to wait on.
    private bool TryFinish(WaitingSubscribe waiting)
    {
        var (subscribe, deadline, holdsPlace) = waiting;
        try
        {
            Recovery? recovery = null;
            if (!subscribe.IsOver)
            {
                recovery = Judge(subscribe);
                if (recovery is null && lane.History.Now < deadline)
                    return false;
                recovery ??= Lost(LossReason.Unknown, subscribe.Topic);
            }

            Finish(subscribe, recovery, holdsPlace);
        }
        catch (Exception exception)
        {
            node.Metrics.DeliveryFailed();
            node.Log.Error(exception, "A subscribe of connection {ChannelId} to topic {Topic} has failed", subscribe.Subscriber.Id, subscribe.Topic);
            subscribe.Unparked(new EventHubException(EventHubErrorReason.Unavailable, "The subscribe has failed.", exception));
        }

        node.Metrics.WaitingChanged(-1);
        return true;
    }

    private void Finish(IClientSubscribe subscribe, Recovery? recovery, bool holdsPlace)
    {
        var (topic, subscriber) = (subscribe.Topic, subscribe.Subscriber);
        var older = table.Find(topic, subscriber.Id);
        if (older is not null)
            older.IsSuspended = false;
        var refusal = recovery is null ? null : RefusalOf(subscribe, ref holdsPlace);
        var isCommitted = false;
        if (recovery is { } answer && refusal is null)
            isCommitted = Commit(subscribe, answer, holdsPlace);
        else if (holdsPlace)
            subscriber.Subscriptions.Release(1);

        // An older subscription that goes on has not delivered the events of the meantime. The position shows the client that it has missed them.
        if (!isCommitted)
            older?.Refresh(EncodeRefresh(topic));
        subscribe.Unparked(refusal);
    }

    // What a subscribe found when it came may have changed while it waited.
    private EventHubException? RefusalOf(IClientSubscribe subscribe, ref bool holdsPlace)
    {
        var (topic, subscriber) = (subscribe.Topic, subscribe.Subscriber);
        if (table.TypeOf(topic) is { } known && !known.IsSame(subscribe.Type))
            return TopicType.Conflict(topic, subscribe.Type, known);
        if (holdsPlace || table.HasClient(topic, subscriber.Id))
            return null;
        holdsPlace = subscriber.Subscriptions.TryAdd(node.MaxSubscriptions) == LedgerAnswer.Added;
        return holdsPlace ? null : Full(subscriber);
    }

    private bool TryRefresh(IEventSubscriber subscriber)
    {
        if (!subscriber.HasRoom)
            return false;
        subscriber.Subscriptions.BeginRefresh();
        foreach (var (topic, subscription) in table.TopicsOf(subscriber.Id))
        {
            if (node.HistoryOf(topic) is not null)
                subscription.Refresh(EncodeRefresh(topic));
        }

        return true;
    }

    private void SendRefresh(string topic)
    {
        var subscriptions = table.SubscribersOf(topic);
        if (subscriptions.IsEmpty || node.HistoryOf(topic) is null)
            return;
        var refresh = EncodeRefresh(topic);
        foreach (var subscription in subscriptions)
        {
            try
            {
                subscription.Refresh(refresh);
            }
            catch (Exception exception)
            {
                node.Metrics.DeliveryFailed();
                node.Log.Warning(exception, "Connection {ChannelId} failed to accept the position of topic {Topic}", subscription.Subscriber.Id, topic);
            }
        }
    }

    private EncodedMessage EncodeRefresh(string topic)
    {
        using var writer = PayloadWriter.Rent();
        EventWriter.WriteRefresh(writer, topic, PositionOf(topic).ToString());
        return writer.ToSharedMessage(MessageKind.Text) with { Position = PositionPart.Refresh };
    }

    private Recovery Lost(LossReason reason, string topic) => Recovery.Lost(reason, PositionOf(topic)) with { Topic = lane.History.Find(topic) };

    private Position PositionOf(string topic) => lane.History.PositionOf(topic);

    private bool HasType(PendingCall call, string topic, TopicType type)
    {
        if (table.TypeOf(topic) is not { } known || known.IsSame(type))
            return true;
        Refuse(call, TopicType.Conflict(topic, type, known));
        return false;
    }

    private void Refuse(PendingCall call, EventHubException refusal)
    {
        node.Metrics.Refused(refusal.Reason);
        call.Fail(refusal);
    }

    private EventHubException Full(IEventSubscriber subscriber) => new(
        EventHubErrorReason.TooManySubscriptions,
        $"Connection {subscriber.Id} already has {node.MaxSubscriptions} subscriptions, the maximum of pikku.limits.subscriptions-per-connection.");

    private void ReleaseSubscriptions(IEventSubscriber subscriber, int count)
    {
        subscriber.Subscriptions.Release(count);
        node.Metrics.Unsubscribed(count);
        CountTopics();
    }

    private void CountTopics()
    {
        node.Metrics.TopicsChanged(table.Topics - _countedTopics);
        _countedTopics = table.Topics;
    }

    private void CountHistory()
    {
        var (events, size) = (lane.History.Count, lane.History.Size);
        node.Metrics.HistoryChanged(events - _countedEvents, size - _countedSize);
        (_countedEvents, _countedSize) = (events, size);
    }
}
