using System.Buffers.Binary;
using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Event;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>
/// One lane between this node and all others, over DistributedPubSub: gathers what is published here into batches, numbers them, and unpacks
/// those of the others. Users' topics never become topics of the pub-sub; there is one for each lane and node, so that a node that falls
/// behind is sent no more than it delivers, and the others all of it.
/// </summary>
internal sealed class HubLinkActor : UntypedActor, IWithTimers
{
    /// <summary>How often it looks whether something is due; a link that is not complete is tried anew each time.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>After so many heartbeats it subscribes again, which does nothing, unless the mediator was restarted and forgot it.</summary>
    private const int ResubscribeEvery = 5;

    // Lives of lanes in this process. A clock could go back, and a later life would count as an earlier one.
    private static long s_lives;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly IActorRef _mediator = DistributedPubSub.Get(Context.System).Mediator;
    private readonly Dictionary<int, HubPeer> _peers = [];
    private readonly int _lane;
    private readonly HubGate _gate;
    private readonly NodeSettings _settings;
    private readonly HubLinks _links;
    private readonly HubMetrics _metrics;
    private readonly JsonSerializerOptions _json;
    private readonly LinkBacklog _backlog;
    private readonly OutboundBatch _batch;
    private readonly string _topic;
    private readonly int _self;
    private bool _flushing;
    private bool _isUp;
    private bool _forgot;
    private long _dropped;
    private long _lastBeat;
    private int _beats;

    public HubLinkActor(
        int lane, HubGate gate, LinkBacklog backlog, NodeSettings settings, HubLinks links, HubMetrics metrics, JsonSerializerOptions json)
    {
        _lane = lane;
        _gate = gate;
        _backlog = backlog;
        _settings = settings;
        _links = links;
        _metrics = metrics;
        _json = json;
        _self = _cluster.SelfUniqueAddress.Uid;
        _topic = TopicOf(lane, _self);
        _batch = new OutboundBatch(_self, Interlocked.Increment(ref s_lives), lane, settings.MaxBatchSize);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        int lane, HubGate gate, LinkBacklog backlog, NodeSettings settings, HubLinks links, HubMetrics metrics, JsonSerializerOptions json) =>
        global::Akka.Actor.Props.Create<HubLinkActor>(lane, gate, backlog, settings, links, metrics, json);

    /// <summary>Starts all lanes of a node.</summary>
    /// <param name="start">Starts one, under a name.</param>
    /// <param name="gate">The gate of the hub.</param>
    /// <param name="settings">The settings of the node.</param>
    /// <param name="links">Where the lanes tell how far they have come.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="json">How the hub's own events are written.</param>
    public static IReadOnlyList<HubTransport> StartAll(
        Func<Props, string, IActorRef> start, HubGate gate, NodeSettings settings, HubLinks links, HubMetrics metrics, JsonSerializerOptions json) =>
        [.. Enumerable.Range(0, HubLinks.Lanes).Select(lane =>
        {
            // As much as one batch is no queue: it is what the lane takes next.
            var backlog = new LinkBacklog(settings.MaxBatchSize);
            return new HubTransport(start(Props(lane, gate, backlog, settings, links, metrics, json), NameOf(lane)), backlog);
        })];

    /// <summary>The name of a lane's actor.</summary>
    public static string NameOf(int lane) => $"hub-link-{lane}";

    /// <summary>The topic of a lane in the pub-sub, for one node: its unique id, without a sign.</summary>
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
        // The mailbox survives a restart, but not the message that caused it: its publisher would wait until the deadline.
        (message as HubProtocol.ICall)?.Call?.Fail(new EventHubException(EventHubError.Unavailable, "The lane to the other nodes failed.", reason));
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        // What had gathered is gone, which the others see by the number of this life; what came in the meantime, this node has to tell itself.
        _forgot = true;
        base.PostRestart(reason);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubProtocol.Published published: OnPublished(published); break;
            case HubLinkProtocol.Delivered delivered: OnDelivered(delivered.Delivery); break;
            case HubLinkProtocol.Flush: OnFlush(); break;
            case HubBatch batch: OnBatch(batch); break;
            case HubAck ack: OnAck(ack); break;
            case HubLinkProtocol.Tick: OnTick(); break;
            case ClusterEvent.MemberRemoved removed: OnRemoved(removed.Member); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember unreachable: OnReachability(unreachable.Member, false); break;
            case ClusterEvent.ReachableMember reachable: OnReachability(reachable.Member, true); break;
            case SubscribeAck: break;
            default: Unhandled(message); break;
        }
    }

    private void OnPublished(HubProtocol.Published published)
    {
        var hubEvent = published.Event;
        _backlog.Remove(hubEvent.Size);
        if (!_batch.HasRoomFor(hubEvent))
            Send();
        _batch.Add(hubEvent);
        published.Call?.Complete();
        if (_batch.IsFull)
        {
            Send();
        }
        else if (!_flushing)
        {
            // Behind everything that waits already: a busy lane gathers, an idle one sends at once.
            _flushing = true;
            Self.Tell(HubLinkProtocol.Flush.Instance);
        }
    }

    private void OnFlush()
    {
        _flushing = false;
        if (!_batch.IsEmpty)
            Send();
    }

    private void Send()
    {
        if (_peers.Count == 0)
        {
            _batch.Drop();
            return;
        }

        var batch = _batch.Take();
        foreach (var peer in _peers.Values)
        {
            if (!peer.IsReachable || !peer.HasRoomFor(batch))
            {
                Drop(batch, peer);
                continue;
            }

            if (peer.Sent(batch) is > 0 and var dropped && peer.IsLinked)
                _log.Warning("{Node} takes events of lane {Lane} again; {Count} were not sent to it", peer.Name, _lane, dropped);
            _metrics.BatchSent();
            _mediator.Tell(new Publish(peer.Topic, batch));
        }
    }

    // The number of the batch is used up, so the other node notices the gap and tells those who ask.
    private void Drop(HubBatch batch, HubPeer peer)
    {
        if (peer.IsLinked && peer.DroppedInARow == 0)
            _log.Warning(
                "{Node} gets no more events of lane {Lane} until it {Reason}; {Bytes} bytes are not acknowledged",
                peer.Name, _lane, peer.IsReachable ? "has delivered those before" : "can be reached", peer.Unacknowledged);
        peer.Drop(batch.Count);
        _dropped += batch.Count;
        _metrics.EventsDropped(batch.Count);
    }

    private void OnBatch(HubBatch batch)
    {
        if (batch.Origin == _self)
            return;
        if (batch.Lane != _lane || !_peers.TryGetValue(batch.Origin, out var peer))
            return; // of a node that is not a member yet, or no more; what it says next is heard, with the number of what it said before

        peer.Link = Sender;
        var wasLinked = peer.IsLinked;
        var missing = peer.Receive(batch);
        if (missing < 0)
            return;
        if (missing > 0)
            OnGap(peer, missing);

        if (batch.IsHeartbeat)
        {
            peer.HearsUs = Hears(batch);
            Acknowledge(peer);
        }
        else
        {
            Unpack(batch, peer);
        }

        if (wasLinked != peer.IsLinked)
        {
            Beat();
            Report();
        }
    }

    private void OnDelivered(HubDelivery delivery)
    {
        if (delivery.Peer.Delivered(delivery))
            Acknowledge(delivery.Peer);
    }

    private void Acknowledge(HubPeer peer) => peer.Link.Tell(peer.Acknowledgement(_self), Self);

    private bool Hears(HubBatch heartbeat)
    {
        for (var heard = heartbeat.Body.Span; heard.Length >= sizeof(int); heard = heard[sizeof(int)..])
            if (BinaryPrimitives.ReadInt32LittleEndian(heard) == _self)
                return true;
        return false;
    }

    private void Unpack(HubBatch batch, HubPeer peer)
    {
        var delivery = peer.Accept(batch, Self);
        try
        {
            _gate.DeliverRemote(Read(batch), delivery);
        }
        catch (Exception e)
        {
            // Of whatever kind: a batch that can't be read must not take the lane with it.
            _log.Error(e, "A batch of {Node} in lane {Lane} can't be read", peer.Name, _lane);
            OnGap(peer, 1);
            delivery.EndPart();
        }
    }

    private static List<HubEvent> Read(HubBatch batch)
    {
        // Each event takes a byte at the least; a count that lies must not make us ask for memory.
        var events = new List<HubEvent>(Math.Clamp(batch.Count, 0, batch.Body.Length));
        using var input = new BinaryReader(new MemoryStream(batch.Bytes, HubBatch.HeaderLength, batch.Body.Length, writable: false));
        for (var i = 0; i < batch.Count; i++)
            events.Add(HubWire.Read(input));
        return events;
    }

    private void OnGap(HubPeer peer, long missing)
    {
        _metrics.BatchesLost(missing);
        _log.Warning("{Count} batches of {Node} in lane {Lane} of the event hub were lost", missing, peer.Name, _lane);
        _gate.DeliverRemote([EventEncoder.Encode(EventHubGap.Topic.Name, new EventHubGap(peer.Name, missing), default, _json, int.MaxValue)]);
        Report();
    }

    private void OnAck(HubAck ack)
    {
        // One for an earlier life of this lane counted other batches.
        if (ack.Incarnation == _batch.Incarnation && _peers.TryGetValue(ack.Node, out var peer))
            peer.Acknowledge(ack.Next);
    }

    private void OnTick()
    {
        // This node's own state comes with that of all members that it knew before a restart; no time says that they have been named.
        if (_isUp)
            _forgot = false;
        var now = Environment.TickCount64;
        var due = now - _lastBeat >= _settings.Heartbeat.TotalMilliseconds;
        if (!due && _peers.Values.All(peer => peer.IsLinked))
            return;
        if (due)
        {
            _lastBeat = now;
            Report();
            if (_beats++ % ResubscribeEvery == 0)
                _mediator.Tell(new Subscribe(_topic, Self));
        }

        Beat();
    }

    private void Beat()
    {
        if (_peers.Count == 0)
            return;
        var heartbeat = _batch.Heartbeat([.. _peers.Where(peer => peer.Value.Next is not null).Select(peer => peer.Key)]);
        foreach (var peer in _peers.Values)
            _mediator.Tell(new Publish(peer.Topic, heartbeat));
    }

    private void OnMember(Member member)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress)
        {
            _isUp |= member.Status == MemberStatus.Up;
        }
        else
        {
            var node = member.UniqueAddress.Uid;
            if (!_peers.TryGetValue(node, out var peer))
                _peers.Add(node, peer = new HubPeer(NodeName.Of(member.Address), _settings.MaxUnacknowledged, _forgot) { Topic = TopicOf(_lane, node) });
            peer.IsUp = member.Status == MemberStatus.Up;
            Beat();
        }

        Report();
    }

    private void OnRemoved(Member member)
    {
        _peers.Remove(member.UniqueAddress.Uid);
        Report();
    }

    private void OnReachability(Member member, bool reachable)
    {
        if (_peers.TryGetValue(member.UniqueAddress.Uid, out var peer))
            peer.IsReachable = reachable;
        Report();
    }

    private void Report() => _links.Update(new LinkState(
        _lane, _batch.Sequence, _dropped,
        _isUp && _peers.Values.All(peer => peer.IsLinked || !peer.IsUp || !peer.IsReachable),
        [.. _peers.Values.Select(peer => new PeerState(
            peer.Name, peer.IsLinked, peer.Next ?? 0, peer.Lost, peer.Waiting, peer.Unacknowledged, peer.Dropped))]));
}
