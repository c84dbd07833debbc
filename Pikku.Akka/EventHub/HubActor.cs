using Akka.Actor;
using Akka.Event;

using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.EventHub;

/// <summary>One lane of the hub: owns the subscriptions of its topics and delivers their events, one after another.</summary>
internal sealed class HubActor(
    TopicTable table, int maxSubscriptions, ISubscriberDirectory directory, IActorRef transport, HubMetrics metrics) : UntypedActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly bool _hasTransport = !transport.IsNobody();

    // A lane that was restarted has counted those of its table before.
    private int _countedTopics = table.Topics;

    /// <summary>The table is made here, outside of the actor, so that a restart of the lane loses no subscription.</summary>
    public static Props Props(int maxSubscriptions, ISubscriberDirectory directory, IActorRef transport, HubMetrics metrics) =>
        global::Akka.Actor.Props.Create<HubActor>(new TopicTable(), maxSubscriptions, directory, transport, metrics);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubProtocol.Publish publish: OnPublish(publish); break;
            case HubProtocol.DeliverRemote remote: Deliver(remote.Events); break;
            case HubProtocol.Subscribe subscribe: OnSubscribe(subscribe); break;
            case HubProtocol.Unsubscribe unsubscribe: OnUnsubscribe(unsubscribe); break;
            case HubProtocol.RemoveSubscriber remove: Released(remove.Subscriber, table.RemoveSubscriber(remove.Subscriber.Id)); break;
            default: Unhandled(message); break;
        }
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // The mailbox survives a restart, but not the message that caused it: its caller would wait for ever.
        (message as HubProtocol.ICall)?.Call.Fail(new EventHubException(EventHubError.Unavailable, "The lane failed.", reason));
        base.PreRestart(reason, message);
    }

    private void OnPublish(HubProtocol.Publish publish)
    {
        Deliver(publish.Event);
        if (_hasTransport)
            transport.Tell(new HubProtocol.Published(publish.Event), Self);
        metrics.Published();
        publish.Call.Complete();
    }

    private void Deliver(IReadOnlyList<HubEvent> events)
    {
        foreach (var hubEvent in events)
            Deliver(hubEvent);
    }

    private void Deliver(HubEvent hubEvent)
    {
        if (hubEvent.Audience == HubAudience.User)
            DeliverToUser(hubEvent);
        else
            DeliverToTopic(hubEvent);
    }

    private void DeliverToUser(HubEvent message)
    {
        var connections = directory.OfUser(message.Topic);
        foreach (var connection in connections)
            connection.Deliver(message);
        metrics.Delivered(connections.Count);
    }

    private void DeliverToTopic(HubEvent hubEvent)
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
    }

    private void OnSubscribe(HubProtocol.Subscribe subscribe)
    {
        var (call, topic, subscriber, handler) = subscribe;
        if (!table.Contains(topic, subscriber.Id, handler))
        {
            switch (subscriber.Subscriptions.Take(maxSubscriptions))
            {
                case LedgerAnswer.Taken:
                    table.Add(topic, subscriber, handler);
                    metrics.Subscribed();
                    CountTopics();
                    break;
                case LedgerAnswer.Full:
                    metrics.Refused(EventHubError.TooManySubscriptions);
                    call.Fail(new EventHubException(EventHubError.TooManySubscriptions,
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
