using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.EventHub;

/// <summary>Makes and ends the subscriptions of one lane, each in one turn of the lane. Not thread-safe: the lane owns it.</summary>
/// <param name="table">The subscriptions, which outlive a restart of the lane.</param>
/// <param name="maxSubscriptions">The maximum number of subscriptions of one subscriber.</param>
/// <param name="metrics">Counts subscriptions and refusals.</param>
internal sealed class LaneSubscriptions(TopicTable table, int maxSubscriptions, HubMetrics metrics)
{
    // After a restart the metric already includes the topics of the table.
    private int _countedTopics = table.Topics;

    public void Subscribe(HubProtocol.Subscribe subscribe)
    {
        var (call, topic, type, subscriber, handler) = subscribe;
        if (!HasType(call, topic, type))
            return;
        if (!table.Contains(topic, subscriber.Id, handler))
        {
            switch (subscriber.Subscriptions.TryAdd(maxSubscriptions))
            {
                case LedgerAnswer.Added:
                    table.Add(topic, type, subscriber, handler);
                    metrics.Subscribed();
                    CountTopics();
                    break;
                case LedgerAnswer.Full:
                    FailFull(call, subscriber);
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
        var (topic, subscriber) = (change.Topic, change.Subscriber);
        if (change.Type is not { } type)
        {
            if (change.TryCommit())
                ReleaseSubscriptions(subscriber, table.RemoveClient(topic, subscriber.Id));
            call.Complete();
            return;
        }

        if (!HasType(call, topic, type))
            return;
        var isNew = !table.HasClient(topic, subscriber.Id);
        var answer = isNew ? subscriber.Subscriptions.TryAdd(maxSubscriptions) : LedgerAnswer.Added;
        if (answer == LedgerAnswer.Full)
        {
            FailFull(call, subscriber);
            return;
        }

        if (answer == LedgerAnswer.Added)
        {
            var committed = false;
            try
            {
                committed = change.TryCommit();
            }
            finally
            {
                if (isNew && !committed)
                    subscriber.Subscriptions.Release(1);
            }

            if (isNew && committed)
            {
                table.AddClient(topic, type, subscriber);
                metrics.Subscribed();
                CountTopics();
            }
        }

        call.Complete();
    }

    /// <summary>Ends all subscriptions of a subscriber.</summary>
    public void Remove(IEventSubscriber subscriber) => ReleaseSubscriptions(subscriber, table.RemoveSubscriber(subscriber.Id));

    private bool HasType(PendingCall call, string topic, TopicType type)
    {
        if (table.TypeOf(topic) is not { } known || known.IsSame(type))
            return true;
        metrics.Refused(EventHubErrorReason.TypeMismatch);
        call.Fail(TopicType.Conflict(topic, type, known));
        return false;
    }

    private void FailFull(PendingCall call, IEventSubscriber subscriber)
    {
        metrics.Refused(EventHubErrorReason.TooManySubscriptions);
        call.Fail(new EventHubException(EventHubErrorReason.TooManySubscriptions,
            $"Connection {subscriber.Id} already has {maxSubscriptions} subscriptions, the maximum of pikku.limits.subscriptions-per-connection."));
    }

    private void ReleaseSubscriptions(IEventSubscriber subscriber, int count)
    {
        subscriber.Subscriptions.Release(count);
        metrics.Unsubscribed(count);
        CountTopics();
    }

    private void CountTopics()
    {
        metrics.TopicsChanged(table.Topics - _countedTopics);
        _countedTopics = table.Topics;
    }
}
