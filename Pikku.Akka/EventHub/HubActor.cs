using Akka.Actor;
using Akka.Event;

using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.EventHub;

/// <summary>One lane of the hub. It owns the subscriptions of its topics and delivers their events one after another.</summary>
internal sealed class HubActor(
    int lane, TopicTable table, RemoteInbox inbox, int maxSubscriptions, ISubscriberDirectory directory, IHubTransport transport, HubMetrics metrics,
    TimeProvider clock) : UntypedActor
{
    /// <summary>
    /// The maximum number of events and deliveries of other nodes before the lane handles the calls of this node again: some tenths of a millisecond of
    /// work. The deliveries of a single event are never split.
    /// </summary>
    private const int RemoteTurn = 512;

    /// <summary>After this number of publishes of this node the lane delivers events of other nodes, however many messages wait in the mailbox.</summary>
    private const int LocalTurn = 64;

    /// <summary>A publisher with a wrong type is wrong for every event. The metric counts each event, so the log needs one line per interval.</summary>
    private static readonly TimeSpan MismatchLogInterval = TimeSpan.FromSeconds(1);

    private readonly ILoggingAdapter _log = Context.GetLogger();

    private readonly LaneSubscriptions _subscriptions = new(table, maxSubscriptions, metrics);

    private int _localsInARow;
    private bool _isScheduled;
    private long? _mismatchLoggedAt;

    /// <summary>The subscriptions and the events that are not delivered yet are created here, outside of the actor, so that they survive a restart of the lane.</summary>
    public static Props Props(
        int lane, int maxSubscriptions, ISubscriberDirectory directory, IHubTransport transport, HubMetrics metrics, TimeProvider clock) =>
        global::Akka.Actor.Props.Create<HubActor>(lane, new TopicTable(), new RemoteInbox(), maxSubscriptions, directory, transport, metrics, clock);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubProtocol.Publish publish: OnPublish(publish); break;
            case HubProtocol.DeliverRemote remote: OnRemote(remote); break;
            case HubProtocol.ContinueRemote: OnContinue(); break;
            case HubProtocol.Subscribe subscribe: _subscriptions.Subscribe(subscribe); break;
            case HubProtocol.Unsubscribe unsubscribe: _subscriptions.Unsubscribe(unsubscribe); break;
            case HubProtocol.ChangeClient change: _subscriptions.Change(change); break;
            case HubProtocol.RemoveSubscriber remove: _subscriptions.Remove(remove.Subscriber); break;
            default: Unhandled(message); break;
        }
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // The mailbox survives a restart, but the message that caused it does not. Without this its caller would wait forever.
        (message as HubProtocol.ICall)?.Call?.Fail(new EventHubException(EventHubErrorReason.Unavailable, "The lane of the topic failed.", reason));
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        ScheduleRemote();
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
        ScheduleRemote();
    }

    private void OnContinue()
    {
        _isScheduled = false;
        DeliverRemote();
        ScheduleRemote();
    }

    // The message to itself goes to the end of the mailbox, behind the calls that have arrived in the meantime.
    private void ScheduleRemote()
    {
        if (_isScheduled || inbox.IsEmpty)
            return;
        _isScheduled = true;
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
                _log.Error(exception, "An event from another node could not be delivered");
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
                // The topic is the id of the user. Neither the user nor the message may be logged.
                metrics.DeliveryFailed();
                _log.Warning(exception, "Connection {ChannelId} failed to accept a message to its user", connection.Id);
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
                // A failure of one subscriber must not prevent the delivery to the others.
                metrics.DeliveryFailed();
                _log.Warning(exception, "Connection {ChannelId} failed to accept an event of topic {Topic}", subscription.Subscriber.Id, hubEvent.Topic);
            }
        }

        metrics.Delivered(delivered);
        return delivered;
    }

    // The exception for a publisher of this node whose event does not have the type of the topic.
    private EventHubException? Refusal(HubEvent hubEvent) =>
        hubEvent.Audience == HubAudience.Topic && table.TypeOf(hubEvent.Topic) is { } type && !type.Accepts(hubEvent)
            ? TopicType.Conflict(hubEvent.Topic, hubEvent.Type, type)
            : null;

    // A publisher of another node can't receive an exception. The event is counted and dropped, and the log names the topic and the type.
    private bool Accepts(HubEvent hubEvent)
    {
        if (hubEvent.Audience == HubAudience.User || table.TypeOf(hubEvent.Topic) is not { } type || type.AcceptsRemote(hubEvent))
            return true;
        metrics.TypeMismatch();
        var now = clock.GetTimestamp();
        if (_mismatchLoggedAt is { } loggedAt && clock.GetElapsedTime(loggedAt, now) < MismatchLogInterval)
            return false;
        _mismatchLoggedAt = now;
        _log.Error("An event of topic {Topic} from another node is dropped: it can't be read as {Type}, the type that the subscribers expect", hubEvent.Topic, type.Name);
        return false;
    }
}
