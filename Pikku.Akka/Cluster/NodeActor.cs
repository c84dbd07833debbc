using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Speaks for this node with the others: knows who they are, tells and asks them, and answers what they ask.</summary>
internal sealed class NodeActor : UntypedActor, IWithTimers
{
    public const string Name = "node";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How many signs of life fit into the time after which a node counts as silent: one of them may be late or lost.</summary>
    private const int SignsOfLife = 4;

    /// <summary>After how many bytes of messages their sender is told that they have come: often enough for its bound, seldom enough to cost nothing.</summary>
    private const int TellEvery = 256 * 1024;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly NodeEncoder _encoder = NodeEncoder.Of(Context.System);
    private readonly RequestIds _requests = new();
    private readonly Dictionary<int, NodePeer> _nodes;
    private readonly Dictionary<RequestId, Question> _open = [];
    private readonly int _self;
    private readonly NodeSettings _settings;
    private readonly NodeDuties _duties;
    private readonly NodeLink _link;
    private readonly PikkuLog _events;
    private readonly SeedWatch _seeds;
    private TaskCompletionSource _worsened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _aliveAt;
    private long _otherClusterAt;
    private bool _isUp;

    public NodeActor(NodeSettings settings, NodeDuties duties, NodeLink link, PikkuLog log, Dictionary<int, NodePeer> nodes)
    {
        _nodes = nodes;
        _events = log;
        _seeds = new SeedWatch(settings.Seeds);
        _settings = settings;
        _duties = duties;
        _link = link;
        _self = _cluster.SelfUniqueAddress.Uid;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static long Now => Environment.TickCount64;

    /// <summary>The nodes are kept outside of the actor: who asks all others during a restart must not ask nobody.</summary>
    public static Props Props(NodeSettings settings, NodeDuties duties, NodeLink link, PikkuLog log) =>
        global::Akka.Actor.Props.Create<NodeActor>(settings, duties, link, log, new Dictionary<int, NodePeer>());

    protected override void PreStart()
    {
        _link.Others = OtherNodes.None;
        Publish();
        _link.Open(Self, _self, _encoder, _settings);
        if (!_settings.IsOfApplication)
            WarnOfSeeds();
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer(nameof(NodeProtocol.Tick), NodeProtocol.Tick.Instance, TickInterval);
        // A node without seeds begins a cluster of its own, unless the application decides about that.
        if (_settings.Seeds.Count == 0 && !_settings.IsOfApplication)
            _cluster.Join(_cluster.SelfAddress);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // The message that caused it is in no table.
        if (message is NodeProtocol.Ask ask)
            ask.Done.TrySetException(Stopped());
        base.PreRestart(reason, message);
    }

    // Also before a restart: the next life does not know what this one asked.
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        foreach (var question in _open.Values)
            question.Done.TrySetException(Stopped());
        _worsened.TrySetResult();
    }

    protected override void OnReceive(object message)
    {
        if (message is NodeMessage)
            OnHeard(Sender.Path.Address);
        switch (message)
        {
            case NodeProtocol.Tell tell: OnTell(tell); break;
            case NodeProtocol.Ask ask: OnAsk(ask); break;
            case NodeProtocol.Tick: OnTick(); break;
            case NodeMessage.Alive alive: OnAlive(alive); break;
            case NodeMessage.Greeting greeting: OnGreeting(greeting); break;
            case NodeMessage.Answer answer: OnAnswer(answer); break;
            case NodeMessage.Deliver deliver: OnGot(deliver.Request); _duties.Deliver(deliver.Message); break;
            case NodeMessage.CloseChannel close: OnGot(close.Request); _duties.Close(close.ChannelId, close.Code, close.Reason); break;
            case NodeMessage request: OnRequest(request); break;
            case ClusterEvent.MemberRemoved removed: OnRemoved(removed.Member); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember unreachable: OnReachability(unreachable.Member, false); break;
            case ClusterEvent.ReachableMember reachable: OnReachability(reachable.Member, true); break;
            case DisassociatedEvent broken: OnLinkBroken(broken.RemoteAddress); break;
            case ThisActorSystemQuarantinedEvent quarantined: OnQuarantined(quarantined.RemoteAddress); break;
            default: Unhandled(message); break;
        }
    }

    // Nobody answers it; its place in what was sent stands where the request would.
    private void OnTell(NodeProtocol.Tell tell)
    {
        if (!_nodes.TryGetValue(tell.Node, out var peer))
            return;
        peer.Sent += tell.Message.Body.Length;
        peer.Actor.Tell(tell.Message with { Request = new RequestId(_self, peer.Sent) }, Self);
    }

    private void OnGot(RequestId place)
    {
        if (!_nodes.TryGetValue((int)place.Life, out var peer))
            return;
        peer.Got = place.Number;
        if (peer.Got - peer.Told >= TellEvery)
            TellAlive((int)place.Life, peer);
    }

    private void TellAlive(int node, NodePeer peer)
    {
        peer.Told = peer.Got;
        peer.Actor.Tell(_encoder.Encode(new NodeMessage.Alive(_self, node, peer.Sent, peer.Got)), Self);
    }

    private void OnAlive(NodeMessage.Alive alive)
    {
        if (alive.To != _self || !_nodes.TryGetValue(alive.From, out var peer))
            return;
        // What was sent before it and has not come is lost: it takes no room any more.
        peer.Got = alive.Sent;
        peer.Window.Taken(alive.Got);
    }

    private void OnMember(Member member)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress)
        {
            OnSelf(member);
            return;
        }

        if (_nodes.TryGetValue(member.UniqueAddress.Uid, out var peer))
            peer.Member = member;
        else
        {
            peer = new NodePeer(member, NodePath.Resolve(Context.System, member.Address, Name), new NodeWindow(_settings.MaxUnacknowledged), Now);
            _nodes.Add(member.UniqueAddress.Uid, peer);
            _link.Windows[member.UniqueAddress.Uid] = peer.Window;
        }

        Publish();
    }

    private void OnSelf(Member member)
    {
        if (member.Status == MemberStatus.Up)
        {
            if (_isUp)
                return;
            _isUp = true;
            WarnOfLoneliness();
        }
        else if (member.Status is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down)
        {
            _isUp = false;
            // The others forget what this node listens to as soon as it is gone: whoever is connected must leave before.
            _link.Leave();
        }
    }

    private void OnRemoved(Member member)
    {
        var node = member.UniqueAddress.Uid;
        _link.Windows.TryRemove(node, out _);
        if (!_nodes.Remove(node))
            return;
        foreach (var (id, question) in _open.ToArray())
            if (question.Waiting.Remove(node))
                EndIfDone(id, question);
        Publish();
        WarnOfLoneliness();
    }

    private void OnReachability(Member member, bool reachable)
    {
        if (!_nodes.TryGetValue(member.UniqueAddress.Uid, out var peer))
            return;
        peer.IsReachable = reachable;
        LookAtPeers();
    }

    private void OnHeard(Address address)
    {
        foreach (var peer in _nodes.Values)
        {
            if (peer.Member.Address != address)
                continue;
            var before = peer.IsResponsive;
            peer.Heard(Now);
            if (before != peer.IsResponsive)
                Publish();
        }
    }

    private void OnLinkBroken(Address address)
    {
        foreach (var peer in _nodes.Values)
            if (peer.Member.Address == address)
                peer.LinkBroken();
        LookAtPeers();
    }

    private void OnAsk(NodeProtocol.Ask ask)
    {
        var id = _requests.Next();
        var asked = ask.Node is { } one ? _nodes.Keys.Where(node => node == one) : _nodes.Keys;
        var question = new Question([.. asked], ask.Wait, ask.Done, Now);
        _open.Add(id, question);
        foreach (var node in question.Waiting)
            _nodes[node].Actor.Tell(ask.Message with { Request = id }, Self);
        EndIfDone(id, question);
    }

    private void OnAnswer(NodeMessage.Answer answer)
    {
        if (!_open.TryGetValue(answer.Request, out var question))
            return; // too late, or of an earlier life
        foreach (var (node, peer) in _nodes)
            if (peer.Member.Address == Sender.Path.Address && question.Waiting.Remove(node))
                question.Answers.Add(answer);
        EndIfDone(answer.Request, question);
    }

    private void EndIfDone(RequestId id, Question question)
    {
        if (question.Wait == NodeWait.All ? question.Waiting.Count == 0 : !question.Waiting.Any(node => _nodes[node].IsResponsive))
            End(id, question);
    }

    private void End(RequestId id, Question question)
    {
        _open.Remove(id);
        question.Done.TrySetResult(new NodeAnswers(question.Answers, [.. question.Waiting.Select(node => NodeName.Of(_nodes[node].Member.Address))]));
    }

    private void OnTick()
    {
        var now = Now;
        // The nearest tick, and not the one after it.
        if (now - _aliveAt >= _settings.SilentAfter.TotalMilliseconds / SignsOfLife - TickInterval.TotalMilliseconds / 2)
        {
            _aliveAt = now;
            foreach (var (node, peer) in _nodes)
                TellAlive(node, peer);
        }

        LookAtPeers();
        Greet(now);
        foreach (var (id, question) in _open.ToArray())
        {
            if (now - question.AskedAt < _settings.RequestTimeout.TotalMilliseconds)
                continue;
            _log.Warning(
                "No answer of {Nodes} within {Timeout}", string.Join(", ", question.Waiting.Select(node => NodeName.Of(_nodes[node].Member.Address))),
                _settings.RequestTimeout);
            End(id, question);
        }
    }

    // Nobody waits for a node that has become silent, except those who must.
    private void LookAtPeers()
    {
        var now = Now;
        foreach (var peer in _nodes.Values)
            peer.Look(now, _settings.SilentAfter);
        Publish();
        foreach (var (id, question) in _open.ToArray())
            EndIfDone(id, question);
    }

    // Tells the rest of this node how the others are.
    private void Publish()
    {
        var up = _nodes.Values.Where(peer => peer.Member.Status is MemberStatus.Up).ToArray();
        var responsive = up.Count(peer => peer.IsResponsive);
        var before = _link.Others;
        if (up.Length == before.Count && responsive == before.Responsive)
            return;

        var worsened = _worsened;
        if (responsive < before.Responsive)
            _worsened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _link.Others = new OtherNodes(up.Length, responsive, _worsened.Task);
        if (worsened != _worsened)
            worsened.TrySetResult();
    }

    private void WarnOfSeeds()
    {
        if (_settings.Seeds.Count <= 1)
            _events.SingleSeed(_settings.Seeds is [var seed] ? seed : NodeName.Of(_cluster.SelfAddress));
    }

    // Nothing is wrong when it is the first node that starts, and much when others run: nobody but the operator can know.
    private void WarnOfLoneliness()
    {
        if (_isUp && _nodes.Count == 0)
            _events.Alone(NodeName.Of(_cluster.SelfAddress), string.Join(", ", _settings.Seeds));
    }

    // Seeds that are no members are asked whether they belong to another cluster: one that was restarted begins one when nobody answers it.
    private void Greet(long now)
    {
        if (!_isUp)
            return;
        var members = AllMembers();
        foreach (var seed in _seeds.Due(now, members))
            NodePath.Resolve(Context.System, AddressOf(seed), Name).Tell(_encoder.Encode(new NodeMessage.Greeting(true, members)), Self);
        if (now - _otherClusterAt > SeedWatch.Memory.TotalMilliseconds)
            _link.OtherCluster = null;
    }

    private void OnGreeting(NodeMessage.Greeting greeting)
    {
        var (other, members) = (NodeName.Of(Sender.Path.Address), AllMembers());
        if (!_isUp || !SeedWatch.IsAnotherCluster(other, greeting.Members, NodeName.Of(_cluster.SelfAddress), members))
            return;
        // So that both know it.
        if (greeting.Asks)
            Sender.Tell(_encoder.Encode(new NodeMessage.Greeting(false, members)), Self);

        var (yields, known) = (SeedWatch.Yields(members, greeting.Members), _link.OtherCluster == other);
        _otherClusterAt = Now;
        _link.OtherCluster = yields ? other : null;
        if (yields && !known)
            _events.YieldsToOtherCluster(string.Join(", ", members), string.Join(", ", greeting.Members));
        else if (!yields)
            _events.OtherCluster(string.Join(", ", members), string.Join(", ", greeting.Members));
    }

    private string[] AllMembers() => [.. _nodes.Values.Select(peer => NodeName.Of(peer.Member.Address)).Append(NodeName.Of(_cluster.SelfAddress))];

    private Address AddressOf(string seed)
    {
        var colon = seed.LastIndexOf(':');
        var self = _cluster.SelfAddress;
        return new Address(self.Protocol, self.System, seed[..colon], int.Parse(seed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    // Another node has put this one out and will never speak with it again. Only a new incarnation is let in: the process ends, so that it
    // can be started anew.
    private void OnQuarantined(Address by)
    {
        _log.Error("{Node} has put this node out of the cluster; it stops", NodeName.Of(by));
        CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
    }

    private void OnRequest(NodeMessage request)
    {
        // Subscriptions and presence in the order in which they came. Sessions are of the application's types.
        if (request is NodeMessage.EndSessions)
            Offload.Run(static work => _ = work.actor.DoAsync(work.request, work.sender, work.self), (actor: this, request, sender: Sender, self: Self));
        else
            _ = DoAsync(request, Sender, Self);
    }

    private async Task DoAsync(NodeMessage request, IActorRef asker, IActorRef self) =>
        asker.Tell(Encode(await _duties.DoAsync(request), _encoder) with { Request = request.Request }, self);

    private static NodeFrame Encode(NodeMessage.Answer answer, NodeEncoder encoder)
    {
        try
        {
            return encoder.Encode(answer);
        }
        catch (Exception e) when (e is PayloadTooLargeError or InvalidDataException)
        {
            return encoder.Encode(new NodeMessage.Answer(EventHubError.TooLarge, e.Message));
        }
    }

    private static TimeoutException Stopped() => new("What this node asks of others was stopped before they answered.");

    private sealed record Question(HashSet<int> Waiting, NodeWait Wait, TaskCompletionSource<NodeAnswers> Done, long AskedAt)
    {
        public List<NodeMessage.Answer> Answers { get; } = [];
    }
}
