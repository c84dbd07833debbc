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
/// those of the others. Users' topics never become topics of the pub-sub; there is one for each lane, and it never changes.
/// </summary>
internal sealed class HubLinkActor : UntypedActor, IWithTimers
{
    /// <summary>How often it looks whether something is due; a link that is not complete is tried anew each time.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>After so many heartbeats it subscribes again, which does nothing, unless the mediator was restarted and forgot it.</summary>
    private const int ResubscribeEvery = 5;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IActorRef _mediator = DistributedPubSub.Get(Context.System).Mediator;
    private readonly Dictionary<int, HubPeer> _peers = [];
    private readonly int _lane;
    private readonly HubGate _gate;
    private readonly NodeSettings _settings;
    private readonly HubLinks _links;
    private readonly HubMetrics _metrics;
    private readonly JsonSerializerOptions _json;
    private readonly OutboundBatch _batch;
    private readonly string _topic;
    private readonly int _self;
    private bool _flushing;
    private bool _isUp;
    private long _dropped;
    private long _lastBeat;
    private int _beats;

    public HubLinkActor(int lane, HubGate gate, NodeSettings settings, HubLinks links, HubMetrics metrics, JsonSerializerOptions json)
    {
        _lane = lane;
        _gate = gate;
        _settings = settings;
        _links = links;
        _metrics = metrics;
        _json = json;
        _self = _cluster.SelfUniqueAddress.Uid;
        _topic = TopicOf(lane);
        _batch = new OutboundBatch(_self, DateTime.UtcNow.Ticks, lane, settings.MaxBatchSize);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(int lane, HubGate gate, NodeSettings settings, HubLinks links, HubMetrics metrics, JsonSerializerOptions json) =>
        global::Akka.Actor.Props.Create<HubLinkActor>(lane, gate, settings, links, metrics, json);

    /// <summary>The name of a lane's actor.</summary>
    public static string NameOf(int lane) => $"hub-link-{lane}";

    /// <summary>The topic of a lane in the pub-sub.</summary>
    public static string TopicOf(int lane) => $"pikku.event-hub.{lane}";

    protected override void PreStart()
    {
        _mediator.Tell(new Subscribe(_topic, Self));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(nameof(HubLinkProtocol.Tick), HubLinkProtocol.Tick.Instance, TickInterval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HubProtocol.Published published: OnPublished(published.Event); break;
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

    private void OnPublished(HubEvent hubEvent)
    {
        _batch.Add(hubEvent);
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
        }
        else if (_batch.UnacknowledgedWithThis > _settings.MaxUnacknowledged)
        {
            _dropped += _batch.Count;
            _metrics.EventsDropped(_batch.Count);
            _batch.Drop();
        }
        else
        {
            _metrics.BatchSent();
            _mediator.Tell(new Publish(_topic, _batch.Take()));
        }
    }

    private void OnBatch(HubBatch batch)
    {
        if (batch.Origin == _self)
            return;
        if (batch.Lane != _lane || !_peers.TryGetValue(batch.Origin, out var peer))
            return; // of a node that is not a member yet, or no more; what it says next is heard

        var wasLinked = peer.IsLinked;
        var missing = peer.Receive(batch);
        if (missing < 0)
            return;
        if (missing > 0)
            OnGap(peer, missing);

        if (batch.IsHeartbeat)
            peer.HearsUs = Hears(batch);
        else
            Unpack(batch, peer);
        if (peer.OwesAck(batch))
            Sender.Tell(new HubAck(_self, peer.Next!.Value), Self);
        if (wasLinked != peer.IsLinked)
        {
            Beat();
            Report();
        }
    }

    private bool Hears(HubBatch heartbeat)
    {
        for (var heard = heartbeat.Body.Span; heard.Length >= sizeof(int); heard = heard[sizeof(int)..])
            if (BinaryPrimitives.ReadInt32LittleEndian(heard) == _self)
                return true;
        return false;
    }

    private void Unpack(HubBatch batch, HubPeer peer)
    {
        try
        {
            var events = new List<HubEvent>(batch.Count);
            using var input = new BinaryReader(new MemoryStream(batch.Bytes, HubBatch.HeaderLength, batch.Bytes.Length - HubBatch.HeaderLength, writable: false));
            for (var i = 0; i < batch.Count; i++)
                events.Add(HubWire.Read(input));
            _gate.DeliverRemote(events);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or ArgumentException)
        {
            _log.Error(e, "A batch of {Node} in lane {Lane} can't be read", peer.Name, _lane);
            OnGap(peer, 1);
        }
    }

    private void OnGap(HubPeer peer, long missing)
    {
        _metrics.BatchesLost(missing);
        _log.Warning("{Count} batches of {Node} in lane {Lane} of the event hub were lost", missing, peer.Name, _lane);
        _gate.DeliverRemote(EventEncoder.Encode(
            EventHubGap.Topic.Name, new EventHubGap(peer.Name, missing), default, _json, int.MaxValue));
        Report();
    }

    private void OnAck(HubAck ack)
    {
        if (!_peers.TryGetValue(ack.Node, out var peer))
            return;
        peer.Acknowledged = ack.Next;
        Acknowledge();
    }

    // As far as the slowest of those that can be reached: the others are given up, or ask anew when they are back.
    private void Acknowledge()
    {
        var slowest = _batch.Sequence;
        foreach (var peer in _peers.Values)
            if (peer is { IsReachable: true, HearsUs: true } && peer.Acknowledged < slowest)
                slowest = peer.Acknowledged;
        _batch.Acknowledged(slowest);
    }

    private void OnTick()
    {
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
        if (_peers.Count > 0)
            _mediator.Tell(new Publish(_topic, _batch.Heartbeat([.. _peers.Where(peer => peer.Value.Next is not null).Select(peer => peer.Key)])));
    }

    private void OnMember(Member member)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress)
        {
            _isUp |= member.Status == MemberStatus.Up;
        }
        else
        {
            if (!_peers.TryGetValue(member.UniqueAddress.Uid, out var peer))
                _peers.Add(member.UniqueAddress.Uid, peer = new HubPeer(NodeName.Of(member.Address)) { Acknowledged = _batch.Sequence });
            peer.IsUp = member.Status == MemberStatus.Up;
            Beat();
        }

        Report();
    }

    private void OnRemoved(Member member)
    {
        _peers.Remove(member.UniqueAddress.Uid);
        Acknowledge();
        Report();
    }

    private void OnReachability(Member member, bool reachable)
    {
        if (_peers.TryGetValue(member.UniqueAddress.Uid, out var peer))
            peer.IsReachable = reachable;
        Acknowledge();
        Report();
    }

    private void Report() => _links.Update(new LinkState(
        _lane, _batch.Sequence, _dropped,
        _isUp && _peers.Values.All(peer => peer.IsLinked || !peer.IsUp || !peer.IsReachable),
        [.. _peers.Values.Select(peer => new PeerState(peer.Name, peer.IsLinked, peer.Next ?? 0, peer.Lost))]));
}
