using Akka.Actor;
using Akka.Event;

using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.EventHub;

/// <summary>One lane of the hub: owns the subscriptions of its topics and delivers their events, one after another.</summary>
internal sealed class HubActor(
    int lane, TopicTable table, RemoteInbox inbox, int maxSubscriptions, ISubscriberDirectory directory, IHubTransport transport, HubMetrics metrics) : UntypedActor
{
    /// <summary>
    /// How much is delivered of other nodes before calls of this node have their turn, in events and their deliveries; some tenths of a
    /// millisecond. A single event is never divided.
    /// </summary>
    private const int RemoteTurn = 512;

    /// <summary>After so many publishes of this node those of the others have a turn, however many more wait in the mailbox.</summary>
    private const int LocalTurn = 64;

    private const int MismatchLogInterval = 1000; // ms; a publisher that is wrong is wrong for every event, and the metric counts each

    private readonly ILoggingAdapter _log = Context.GetLogger();

    // A lane that was restarted has counted those of its table before.
    private int _countedTopics = table.Topics;
    private int _localsInARow;
    private bool _isContinuing;
    private long _mismatchLoggedAt = -MismatchLogInterval;

    /// <summary>What must survive a restart of the lane is made here, outside of the actor: its subscriptions, and what it has not delivered yet.</summary>
    public static Props Props(int lane, int maxSubscriptions, ISubscriberDirectory directory, IHubTransport transport, HubMetrics metrics) =>
        global::Akka.Actor.Props.Create<HubActor>(lane, new TopicTable(), new RemoteInbox(), maxSubscriptions, directory, transport, metrics);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubProtocol.Publish publish: OnPublish(publish); break;
            case HubProtocol.DeliverRemote remote: OnRemote(remote); break;
            case HubProtocol.ContinueRemote: OnContinue(); break;
            case HubProtocol.Subscribe subscribe: OnSubscribe(subscribe); break;
            case HubProtocol.Unsubscribe unsubscribe: OnUnsubscribe(unsubscribe); break;
            case HubProtocol.RemoveSubscriber remove: Released(remove.Subscriber, table.RemoveSubscriber(remove.Subscriber.Id)); break;
            default: Unhandled(message); break;
        }
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // The mailbox survives a restart, but not the message that caused it: its caller would wait for ever.
        (message as HubProtocol.ICall)?.Call?.Fail(new EventHubException(EventHubErrorReason.Unavailable, "The lane failed.", reason));
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        Continue();
    }

    private void OnPublish(HubProtocol.Publish publish)
    {
        var (call, hubEvent) = publish;
        if (Refusal(hubEvent) is { } refusal)
        {
            metrics.Refused(refusal.Reason);
            call.Fail(refusal);
            return;
        }

        Deliver(hubEvent);
        metrics.Published();
        transport.Publish(lane, hubEvent, call);
        if (++_localsInARow >= LocalTurn)
            DeliverRemote();
    }

    private void OnRemote(HubProtocol.DeliverRemote remote)
    {
        inbox.Add(remote);
        Continue();
    }

    private void OnContinue()
    {
        _isContinuing = false;
        DeliverRemote();
        Continue();
    }

    // Behind what this node's callers have asked for in the meantime.
    private void Continue()
    {
        if (_isContinuing || inbox.IsEmpty)
            return;
        _isContinuing = true;
        Self.Tell(HubProtocol.ContinueRemote.Instance);
    }

    private void DeliverRemote()
    {
        _localsInARow = 0;
        for (var left = RemoteTurn; left > 0 && inbox.Next is { } hubEvent; left--)
        {
            try
            {
                left -= Accepts(hubEvent) ? Deliver(hubEvent) : 0;
            }
            catch (Exception exception)
            {
                metrics.DeliveryFailed();
                _log.Error(exception, "An event of another node could not be delivered");
            }

            inbox.Advance();
        }
    }

    private int Deliver(HubEvent hubEvent) => hubEvent.Audience == HubAudience.User ? DeliverToUser(hubEvent) : DeliverToTopic(hubEvent);

    private int DeliverToUser(HubEvent message)
    {
        var delivered = 0;
        foreach (var connection in directory.OfUser(message.Topic))
        {
            try
            {
                connection.Deliver(message);
                delivered++;
            }
            catch (Exception exception)
            {
                // Neither the topic, which is the user, nor the message may be logged.
                metrics.DeliveryFailed();
                _log.Warning(exception, "Channel {ChannelId} failed to take a message to its user", connection.Id);
            }
        }

        metrics.Delivered(delivered);
        return delivered;
    }

    private int DeliverToTopic(HubEvent hubEvent)
    {
        var delivered = 0;
        foreach (var subscription in table.SubscribersOf(hubEvent.Topic))
        {
            if (hubEvent.Except is { } except && except == subscription.Subscriber.Id)
                continue;

            try
            {
                subscription.Deliver(hubEvent);
                delivered++;
            }
            catch (Exception exception)
            {
                // The others are owed the event, whatever is wrong with this one.
                metrics.DeliveryFailed();
                _log.Warning(exception, "Channel {ChannelId} failed to take an event of topic {Topic}", subscription.Subscriber.Id, hubEvent.Topic);
            }
        }

        metrics.Delivered(delivered);
        return delivered;
    }

    // A publisher of this node is told that its event is none of the topic.
    private EventHubException? Refusal(HubEvent hubEvent) =>
        hubEvent.Audience == HubAudience.Topic && table.TypeOf(hubEvent.Topic) is { } type && !type.Takes(hubEvent)
            ? TopicType.Conflict(hubEvent.Topic, hubEvent.Type, type)
            : null;

    // One of another node can't be told: its event is counted, and the log names both types.
    private bool Accepts(HubEvent hubEvent)
    {
        if (hubEvent.Audience == HubAudience.User || table.TypeOf(hubEvent.Topic) is not { } type || type.TakesRemote(hubEvent))
            return true;
        metrics.TypeMismatch();
        if (Environment.TickCount64 - _mismatchLoggedAt < MismatchLogInterval)
            return false;
        _mismatchLoggedAt = Environment.TickCount64;
        _log.Error("An event of topic {Topic} that another node published is no {Type}, which its subscribers expect; it is dropped", hubEvent.Topic, type.Name);
        return false;
    }

    private void OnSubscribe(HubProtocol.Subscribe subscribe)
    {
        var (call, topic, type, subscriber, handler) = subscribe;
        if (table.TypeOf(topic) is { } known && !known.IsSame(type))
        {
            metrics.Refused(EventHubErrorReason.TypeMismatch);
            call.Fail(TopicType.Conflict(topic, type, known));
            return;
        }

        if (!table.Contains(topic, subscriber.Id, handler))
        {
            switch (subscriber.Subscriptions.Take(maxSubscriptions))
            {
                case LedgerAnswer.Taken:
                    table.Add(topic, type, subscriber, handler);
                    metrics.Subscribed();
                    CountTopics();
                    break;
                case LedgerAnswer.Full:
                    metrics.Refused(EventHubErrorReason.TooManySubscriptions);
                    call.Fail(new EventHubException(EventHubErrorReason.TooManySubscriptions,
                        $"Channel {subscriber.Id} has {maxSubscriptions} subscriptions, as many as pikku.limits.subscriptions-per-connection allows."));
                    return;
                case LedgerAnswer.Gone:
                    break;
            }
        }

        call.Complete();
    }

    private void OnUnsubscribe(HubProtocol.Unsubscribe unsubscribe)
    {
        Released(unsubscribe.Subscriber, table.Remove(unsubscribe.Topic, unsubscribe.Subscriber.Id));
        unsubscribe.Call.Complete();
    }

    private void Released(IEventSubscriber subscriber, int places)
    {
        subscriber.Subscriptions.Release(places);
        metrics.Unsubscribed(places);
        CountTopics();
    }

    private void CountTopics()
    {
        metrics.TopicsChanged(table.Topics - _countedTopics);
        _countedTopics = table.Topics;
    }
}
