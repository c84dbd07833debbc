using Akka.Actor;

namespace Pikku.Akka.EventHub;

/// <summary>The actor of one lane of the hub. <see cref="HubLane"/> makes the decisions; this actor gives it one message after another, and the time.</summary>
/// <param name="lane">The lane, which outlives a restart of the actor.</param>
/// <param name="tickInterval">How often the lane looks at the time.</param>
internal sealed class HubActor(HubLane lane, TimeSpan tickInterval) : UntypedActor, IWithTimers
{
    /// <summary>
    /// The maximum number of events and deliveries of other nodes before the lane handles the calls of this node again: some tenths of a millisecond of
    /// work. The deliveries of a single event are never split.
    /// </summary>
    private const int RemoteTurn = 512;

    /// <summary>After this number of publishes of this node the lane delivers events of other nodes, however many messages wait in the mailbox.</summary>
    private const int LocalTurn = 64;

    private int _localsInARow;
    private bool _continues;
    private bool _flushes;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(HubLane lane, TimeSpan tickInterval) => global::Akka.Actor.Props.Create<HubActor>(lane, tickInterval);

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(HubProtocol.Tick), HubProtocol.Tick.Instance, tickInterval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubProtocol.Publish publish: OnPublish(publish); break;
            case HubProtocol.FromNode remote: lane.Core.Receive(remote.Sender, remote.Message); break;
            case HubProtocol.ContinueRemote: OnContinue(); break;
            case HubProtocol.Flush: OnFlush(); break;
            case HubProtocol.Subscribe subscribe: lane.Subscriptions.Subscribe(subscribe); break;
            case HubProtocol.Unsubscribe unsubscribe: lane.Subscriptions.Unsubscribe(unsubscribe); break;
            case HubProtocol.Read read: lane.Read(read); break;
            case HubProtocol.ChangeClient change: lane.Subscriptions.Change(change); break;
            case HubProtocol.RemoveSubscriber remove: lane.Subscriptions.Remove(remove.Subscriber); break;
            case HubProtocol.EventsDropped dropped: lane.Subscriptions.NoteDropped(dropped.Subscriber); break;
            case HubProtocol.Announce announce: lane.Announce(announce.Event); break;
            case HubProtocol.Tick: lane.Tick(); break;
            case HubProtocol.MemberChanged member: lane.Core.SetMember(member.Node, member.Name, member.Age); break;
            case HubProtocol.MemberRemoved removed: lane.Core.Remove(removed.Node); break;
            case HubProtocol.MemberForeign foreign: lane.Core.SetForeign(foreign.Node); break;
            case HubProtocol.ReachabilityChanged changed: lane.Core.SetReachable(changed.Node, changed.IsReachable); break;
            default: Unhandled(message); return;
        }

        lane.Subscriptions.EndTurn();
        ScheduleNext();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // The mailbox survives a restart, but the message that caused it does not. Without this its caller would wait forever.
        (message as HubProtocol.ICall)?.Call?.Fail(new EventHubException(EventHubErrorReason.Unavailable, "The lane of the topic failed.", reason));
        if (message is not (HubProtocol.Subscribe or HubProtocol.Unsubscribe or HubProtocol.ChangeClient or HubProtocol.RemoveSubscriber or HubProtocol.Read))
            lane.Distrust(reason);
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        ScheduleNext();
    }

    private void OnPublish(HubProtocol.Publish publish)
    {
        lane.Publish(publish.Call, publish.Event);
        if (++_localsInARow >= LocalTurn)
            DeliverRemote();
    }

    private void OnContinue()
    {
        _continues = false;
        DeliverRemote();
    }

    private void OnFlush()
    {
        _flushes = false;
        lane.Core.Flush();
    }

    private void DeliverRemote()
    {
        _localsInARow = 0;
        lane.Core.Deliver(RemoteTurn);
    }

    // The messages to itself go to the end of the mailbox, behind the calls that have arrived in the meantime. A busy lane therefore fills its batches, and an idle
    // lane sends an event almost immediately. The flush also goes through the queue of the thread pool: a publisher that awaits each publish has at most one call in the
    // mailbox, so without the detour each of its events would be a batch, and a batch costs ten times as much as an event.
    private void ScheduleNext()
    {
        if (!_flushes && lane.Core.HasOpenBatch)
        {
            _flushes = true;
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.Tell(HubProtocol.Flush.Instance), Self, preferLocal: false);
        }

        if (!_continues && lane.Core.CanDeliver)
        {
            _continues = true;
            Self.Tell(HubProtocol.ContinueRemote.Instance);
        }
    }
}
