using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Event;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// One lane between this node and all other nodes, over DistributedPubSub. <see cref="HubLinkState"/> makes the decisions, and this actor carries them out. The
/// topics of the application are not topics of DistributedPubSub. There is one such topic for each lane and node: a slow node receives no more than it
/// delivers, and the other nodes receive everything.
/// </summary>
internal sealed class HubLinkActor : UntypedActor, IWithTimers
{
    /// <summary>How often heartbeats are checked. A link that is not complete yet sends a heartbeat each time.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The lane subscribes again after this number of heartbeats. That has no effect unless the mediator was restarted and lost the subscription.</summary>
    private const int ResubscribeEvery = 5;

    // Counts the lives of lanes in this process. A clock could be set back, and a later life would then count as an earlier one.
    private static long s_lives;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly IActorRef _mediator = DistributedPubSub.Get(Context.System).Mediator;
    private readonly Dictionary<int, IActorRef> _links = [];
    private readonly int _lane;
    private readonly HubClient _hub;
    private readonly HubLinks _reports;
    private readonly HubMetrics _metrics;
    private readonly RefusedMessages _refused;
    private readonly JsonSerializerOptions _json;
    private readonly LinkBacklog _backlog;
    private readonly HubLinkState _state;
    private readonly TimeProvider _clock;
    private readonly string _topic;
    private int _beats;

    public HubLinkActor(
        int lane, HubClient hub, LinkBacklog backlog, NodeSettings settings, HubLinks reports, HubMetrics metrics, RefusedMessages refused,
        JsonSerializerOptions json, TimeProvider clock)
    {
        _lane = lane;
        _hub = hub;
        _backlog = backlog;
        _reports = reports;
        _metrics = metrics;
        _refused = refused;
        _json = json;
        _clock = clock;
        var node = _cluster.SelfUniqueAddress.Uid;
        _topic = TopicOf(lane, node);
        var self = Self;
        _state = new HubLinkState(
            node, lane, Interlocked.Increment(ref s_lives), settings,
            delivery => self.Tell(new HubLinkProtocol.Delivered((BatchDelivery)delivery), ActorRefs.NoSender));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        int lane, HubClient hub, LinkBacklog backlog, NodeSettings settings, HubLinks reports, HubMetrics metrics, RefusedMessages refused,
        JsonSerializerOptions json, TimeProvider clock) =>
        global::Akka.Actor.Props.Create<HubLinkActor>(lane, hub, backlog, settings, reports, metrics, refused, json, clock);

    /// <summary>The name of a lane's actor.</summary>
    public static string NameOf(int lane) => $"hub-link-{lane}";

    /// <summary>The topic of DistributedPubSub for a lane and a receiving node, which is named by its unsigned unique id.</summary>
    public static string TopicOf(int lane, int node) => $"pikku.event-hub.{lane}.{(uint)node}";

    protected override void PreStart()
    {
        _mediator.Tell(new Subscribe(_topic, Self));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(nameof(HubLinkProtocol.Tick), HubLinkProtocol.Tick.Instance, TickInterval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void PreRestart(Exception reason, object message)
    {
        // The mailbox survives a restart, but the message that caused it does not. Without this its publisher would wait until the timeout.
        (message as HubLinkProtocol.Published)?.Call?.Fail(
            new EventHubException(EventHubErrorReason.Unavailable, "The lane to the other nodes failed.", reason));
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        // The events of the batch that was not sent are lost; other nodes notice that by the new incarnation. Events that arrived during the restart are lost as well, which this node has to report itself.
        _state.Restarted();
        base.PostRestart(reason);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubLinkProtocol.Published published: OnPublished(published); break;
            case HubLinkProtocol.Delivered delivered: _state.Delivered(delivered.Delivery); break;
            case HubLinkProtocol.Flush: _state.Flush(); break;
            case HubBatch batch: ReportIf(_state.Receive(batch)); break;
            case HubHeartbeat heartbeat: OnHeartbeat(heartbeat); break;
            case HubAck ack: _state.Receive(ack); break;
            case UnreadableMessage unreadable: _refused.Refuse(Sender.Path.Address, unreadable); break;
            case HubLinkProtocol.Tick: OnTick(); break;
            case ClusterEvent.MemberRemoved removed: OnRemoved(removed.Member.UniqueAddress.Uid); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember unreachable: OnReachability(unreachable.Member, false); break;
            case ClusterEvent.ReachableMember reachable: OnReachability(reachable.Member, true); break;
            case SubscribeAck: break;
            default: Unhandled(message); break;
        }

        // The loop uses an index because a batch that can't be read adds an output to the list.
        for (var i = 0; i < _state.Output.Count; i++)
            CarryOut(_state.Output[i]);
        _state.Output.Clear();
    }

    private void OnPublished(HubLinkProtocol.Published published)
    {
        _backlog.Remove(published.Event.Size);
        if (_state.Publish(published.Event))
            Self.Tell(HubLinkProtocol.Flush.Instance);
        published.Call?.Complete();
    }

    private void OnHeartbeat(HubHeartbeat heartbeat)
    {
        // Acknowledgements are sent directly to the actor of the lane, not through the mediators. Every link begins with a heartbeat, which carries the actor as its sender.
        if (heartbeat.Lane == _lane && _state.Knows(heartbeat.Origin))
            _links[heartbeat.Origin] = Sender;
        ReportIf(_state.Receive(heartbeat));
    }

    private void OnTick()
    {
        if (!_state.Tick(_clock.GetMilliseconds()))
            return;
        Report();
        if (_beats++ % ResubscribeEvery == 0)
            _mediator.Tell(new Subscribe(_topic, Self));
    }

    private void OnMember(Member member)
    {
        _state.Member(member.UniqueAddress.Uid, NodeName.Of(member.Address), member.Status == MemberStatus.Up);
        Report();
    }

    private void OnRemoved(int node)
    {
        _links.Remove(node);
        _state.Removed(node);
        Report();
    }

    private void OnReachability(Member member, bool isReachable)
    {
        _state.Reachable(member.UniqueAddress.Uid, isReachable);
        Report();
    }

    private void CarryOut(HubLinkOutput output)
    {
        var peer = output.Peer;
        switch (output)
        {
            case HubLinkOutput.Send send:
                if (send.Message is HubBatch)
                    _metrics.BatchSent();
                _mediator.Tell(new Publish(TopicOf(_lane, peer.Node), send.Message));
                break;
            case HubLinkOutput.Acknowledge acknowledge:
                _links.GetValueOrDefault(peer.Node)?.Tell(acknowledge.Ack, Self);
                break;
            case HubLinkOutput.Deliver deliver:
                Deliver(deliver);
                break;
            case HubLinkOutput.Gap gap:
                OnGap(peer, gap.Missing);
                break;
            case HubLinkOutput.Drop drop:
                if (drop.IsFirst && peer.IsLinked)
                    _log.Warning(
                        "Node {Node} receives no more events of lane {Lane} until it {Reason}; {Bytes} bytes are not acknowledged",
                        peer.Name, _lane, peer.IsReachable ? "acknowledges earlier events" : "can be reached", peer.Unacknowledged);
                _metrics.EventsDropped(drop.Events);
                break;
            case HubLinkOutput.Resume resume:
                if (peer.IsLinked)
                    _log.Warning("Node {Node} receives events of lane {Lane} again; {Count} events were not sent to it", peer.Name, _lane, resume.Dropped);
                break;
        }
    }

    private void Deliver(HubLinkOutput.Deliver deliver)
    {
        try
        {
            _hub.DeliverRemote(deliver.Batch.Read(), deliver.Delivery);
        }
        catch (Exception e)
        {
            // All exceptions are caught: a batch that can't be read must not restart the lane.
            _log.Error(e, "A batch of node {Node} in lane {Lane} can't be read", deliver.Peer.Name, _lane);
            _state.Unreadable(deliver.Peer);
            deliver.Delivery.EndPart();
        }
    }

    private void OnGap(HubPeer peer, long missing)
    {
        _metrics.BatchesLost(missing);
        _log.Warning("{Count} batches of node {Node} in lane {Lane} of the event hub were lost", missing, peer.Name, _lane);
        _hub.DeliverRemote([EventEncoder.Encode(EventHubGap.Topic.Name, new EventHubGap(peer.Name, missing), default, _json, int.MaxValue)]);
    }

    private void ReportIf(bool hasChanged)
    {
        if (hasChanged)
            Report();
    }

    private void Report() => _reports.Update(_state.Report());
}
