using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Exchanges messages and requests with the other nodes. <see cref="NodeState"/> makes the decisions, and this actor sends the resulting messages.
/// </summary>
internal sealed class NodeActor : UntypedActor, IWithTimers
{
    public const string Name = "node";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly NodeEncoder _encoder = NodeEncoder.Of(Context.System);
    private readonly Dictionary<int, IActorRef> _actors = [];
    private readonly int _self;
    private readonly NodeSettings _settings;
    private readonly NodeRequestHandler _requests;
    private readonly ClusterClient _client;
    private readonly ClientCalls _clientCalls;
    private readonly RefusedMessages _refused;
    private readonly ClusterMetrics _metrics;
    private readonly PikkuLog _events;
    private readonly SeedWatch _seeds;
    private readonly NodeState _state;
    private readonly BackgroundTasks _background;
    private readonly TimeProvider _clock;
    private readonly Isolation _isolation;
    private readonly MembershipWatch _membership;
    private readonly IPikkuNodeDiscovery? _discovery;
    private MemberFile? _file;
    private IActorRef _join = ActorRefs.Nobody;
    private MemberStatus? _status;
    private long _otherClusterAt;

    public NodeActor(
        NodeSettings settings, NodeRequestHandler requests, ClusterClient client, ClientCalls clientCalls, RefusedMessages refused, ClusterMetrics metrics,
        PikkuLog log, BackgroundTasks background, TimeProvider clock, Isolation isolation, IPikkuNodeDiscovery? discovery,
        Dictionary<int, NodePeer> peers)
    {
        _settings = settings;
        _requests = requests;
        _client = client;
        _clientCalls = clientCalls;
        _refused = refused;
        _metrics = metrics;
        _events = log;
        _background = background;
        _clock = clock;
        _isolation = isolation;
        _discovery = discovery;
        _membership = new MembershipWatch(settings.IsolationTimeout);
        _seeds = new SeedWatch(settings.Seeds);
        _self = _cluster.SelfUniqueAddress.Uid;
        _state = new NodeState(settings, health => client.Health = health, peers);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => _clock.GetMilliseconds();

    private bool IsUp => _status == MemberStatus.Up;

    /// <summary>The nodes are created outside of the actor, so that they outlive a restart: a request to all nodes during a restart must still reach them.</summary>
    public static Props Props(
        NodeSettings settings, NodeRequestHandler requests, ClusterClient client, ClientCalls clientCalls, RefusedMessages refused, ClusterMetrics metrics,
        PikkuLog log, BackgroundTasks background, TimeProvider clock, Isolation isolation, IPikkuNodeDiscovery? discovery)
    {
        var peers = new Dictionary<int, NodePeer>();
        return global::Akka.Actor.Props.Create(() => new NodeActor(
            settings, requests, client, clientCalls, refused, metrics, log, background, clock, isolation, discovery, peers));
    }

    protected override void PreStart()
    {
        _state.Start();
        _client.Open(Self, _self, _encoder, _settings);
        if (!_settings.IsOfApplication)
            WarnIfSingleSeed();
        // The snapshot also shows which nodes were removed while the actor restarted; events would not.
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer(nameof(NodeProtocol.Tick), NodeProtocol.Tick.Instance, TickInterval);
        Join();
    }

    // An application that has its own actor system decides which cluster it joins, and so does one that sets Akka's own list of seeds.
    private void Join()
    {
        if (_settings.IsOfApplication)
            return;
        if (_settings.StateDirectory != NodeSettings.NoDirectory)
            _file = new MemberFile(_settings.StateDirectory, _cluster.SelfAddress);
        if (_cluster.Settings.SeedNodes.IsEmpty)
            _join = Context.ActorOf(
                JoinActor.Props(_settings.Seeds, _file?.Remembered ?? [], _file?.Path, _discovery is null ? null : _settings.Discovery, _client, _events, _clock), JoinActor.Name);
        if (_discovery is not null)
            Context.ActorOf(DiscoveryActor.Props(_discovery, _settings.Discovery, _events, _clock), DiscoveryActor.Name);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // The request of the message that caused the restart may not be in the state yet.
        if (message is NodeProtocol.Request request)
            request.Done.TrySetException(Stopped());
        base.PreRestart(reason, message);
    }

    // This also runs before a restart, because the next life of the actor does not know the requests of this one.
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _state.Stop(Stopped());
    }

    protected override void OnReceive(object message)
    {
        if (message is NodeMessage fromNode)
            OnNodeMessage(fromNode);
        else
            OnLocal(message);

        foreach (var (node, frame) in _state.Output)
            _actors.GetValueOrDefault(node)?.Tell(frame, Self);
        _state.Output.Clear();
    }

    private void OnLocal(object message)
    {
        switch (message)
        {
            case NodeProtocol.Send send: _state.Send(send.Node, send.Message); break;
            case NodeProtocol.Request request: _state.Request(request.Node, request.Message, request.Wait, request.Done, Now); break;
            case NodeProtocol.Tick: OnTick(); break;
            case JoinProtocol.Found found:
                _seeds.Seeds = found.Nodes;
                _join.Tell(found);
                break;
            case JoinProtocol.NotFound failure: _join.Tell(failure); break;
            case UnreadableMessage unreadable: _refused.Refuse(Sender.Path.Address, unreadable); break;
            case ClusterEvent.CurrentClusterState current: OnSnapshot(current); break;
            case ClusterEvent.MemberRemoved removed: OnRemoved(removed.Member.UniqueAddress.Uid); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember unreachable: _state.Reachable(unreachable.Member.UniqueAddress.Uid, false, Now); break;
            case ClusterEvent.ReachableMember reachable: _state.Reachable(reachable.Member.UniqueAddress.Uid, true, Now); break;
            case DisassociatedEvent broken: OnLinkBroken(broken.RemoteAddress); break;
            case ThisActorSystemQuarantinedEvent quarantined: OnQuarantined(quarantined.RemoteAddress); break;
            default: Unhandled(message); break;
        }
    }

    private void OnNodeMessage(NodeMessage message)
    {
        var sender = Sender.Path.Address;
        _state.Heard(sender, Now);
        // A member that knows this node from its previous life sends messages before it is asked.
        if (_status is null && sender.Host is not null)
            _join.Tell(new JoinProtocol.Heard(NodeName.Of(sender)));
        switch (message)
        {
            case NodeMessage.Progress progress:
                if (progress.To == _self)
                    _state.Progress(progress);
                break;
            case NodeMessage.Greeting { Members: [] } search: OnSearch(search); break;
            case NodeMessage.Greeting greeting: OnGreeting(greeting); break;
            case NodeMessage.Contact contact: OnContact(contact); break;
            case NodeMessage.Answer answer: _state.Answered(sender, answer); break;
            case NodeMessage.Deliver deliver: _requests.Deliver(deliver.Message); break;
            case NodeMessage.CloseChannel close: _requests.Close(close.ChannelId, close.Code, close.Reason); break;
            case NodeMessage.InvokeClient invoke: OnInvokeClient(invoke); break;
            case NodeMessage.ClientAnswered answered: OnClientAnswered(answered); break;
            case NodeMessage.CancelClientCall cancel: _clientCalls.Cancelled(cancel.Request); break;
            default: OnRequest(message); break;
        }

        // Last: a message counts as handled once its effects are in the outboxes.
        _state.Handled(sender, message);
    }

    private void OnSnapshot(ClusterEvent.CurrentClusterState current)
    {
        foreach (var gone in _state.Peers.Keys.Except(current.Members.Select(member => member.UniqueAddress.Uid)).ToArray())
            OnRemoved(gone);
        foreach (var member in current.Members)
            OnMember(member);
        foreach (var node in _state.Peers.Keys.ToArray())
            _state.Reachable(node, !current.Unreachable.Any(member => member.UniqueAddress.Uid == node), Now);
    }

    private void OnMember(Member member)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress)
        {
            OnSelf(member);
            return;
        }

        var node = member.UniqueAddress.Uid;
        _actors[node] = NodePath.Resolve(Context.System, member.Address, Name);
        _state.Member(node, member.Status == MemberStatus.Up, () => NewPeer(node, member.Address));
        // The same members as in a decision of the resolver.
        _state.Peers[node].SetVoter(member.Status is MemberStatus.Up or MemberStatus.Leaving, Now);
        Remember();
    }

    private NodePeer NewPeer(int node, Address address)
    {
        var window = new NodeWindow(NodeName.Of(address), _settings.MaxUnacknowledgedMessages, _events, _metrics);
        _client.Windows[node] = window;
        return new NodePeer(address, window, new NodeFlow(_self, node, _settings.MaxUnacknowledgedMessages), Now);
    }

    private void OnSelf(Member member)
    {
        var wasUp = IsUp;
        _status = member.Status;
        if (IsUp && !wasUp)
        {
            // The others do not answer a node that is not a full member yet.
            foreach (var peer in _state.Peers.Values)
                peer.Answered(Now);
            Remember();
            WarnIfAlone();
        }
        else if (member.Status is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down)
        {
            // The other nodes send no events to this node after it has left, so its connections have to be closed before.
            _client.Leave();
        }
    }

    private void OnLinkBroken(Address address)
    {
        _state.LinkBroken(address, Now);
        if (_state.NodeAt(address) is { } node)
            _clientCalls.Lost(node);
    }

    private void OnInvokeClient(NodeMessage.InvokeClient invoke)
    {
        var (sender, self) = (Sender, Self);
        if (_state.NodeAt(Sender.Path.Address) is { } node)
            _clientCalls.Serve(node, invoke, answer => sender.Tell(Encode(answer, _encoder) with { Request = invoke.Request }, self));
    }

    private void OnClientAnswered(NodeMessage.ClientAnswered answered)
    {
        if (_state.NodeAt(Sender.Path.Address) is { } node)
            _clientCalls.Answered(node, answered);
    }

    private void OnRemoved(int node)
    {
        _clientCalls.Lost(node);
        _client.Windows.TryRemove(node, out _);
        _actors.Remove(node);
        _state.Removed(node);
        Remember();
        WarnIfAlone();
    }

    // A node that leaves, or that is removed, keeps what it knew as a member.
    private void Remember()
    {
        if (IsUp && _client.OtherCluster is null)
            Remember(AllMembers());
    }

    private void Remember(IEnumerable<string> members)
    {
        try
        {
            _file?.Write(members);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The node works without the file until it is restarted.
            _background.Observe(Task.FromException(e), "Writing the members of the cluster to a file");
        }
    }

    private void OnTick()
    {
        foreach (var nodes in _state.Tick(Now, TickInterval))
            _log.Warning("The nodes {Nodes} did not answer within {Timeout}", nodes, _settings.RequestTimeout);
        Greet();
        KeepLease();
    }

    private void KeepLease()
    {
        if (_membership.IsContactDue(Now))
            foreach (var (node, peer) in _state.Peers)
                _state.Output.Add((node, NodeWire.Encode(new NodeMessage.Contact(_self, node, Now, false))));
        ExtendLease();
        var isCutOff = !_isolation.Lease.IsHeld;
        if (_membership.Update(Now, !isCutOff))
        {
            if (isCutOff)
                _isolation.Begin();
            else
                _isolation.End();
        }

        if (_membership.HasLasted(Now))
            _isolation.SendElsewhere(TickInterval);
    }

    // A node that was removed gets no answer, and its lease ends. The time of a contact is that of the question and not that of the answer, because a process that was
    // frozen reads answers that are old.
    private void OnContact(NodeMessage.Contact contact)
    {
        if (contact.To != _self || !_state.Peers.TryGetValue(contact.From, out var peer))
            return;
        if (contact.IsAnswer)
        {
            peer.Answered(contact.SentAt);
            ExtendLease();
        }
        else if (peer.IsVoter)
        {
            _state.Output.Add((contact.From, NodeWire.Encode(new NodeMessage.Contact(_self, contact.From, contact.SentAt, true))));
        }
    }

    private void ExtendLease()
    {
        if (_status is not (MemberStatus.Up or MemberStatus.Leaving))
            return;
        var until = _membership.HeldUntil(
            _cluster.SelfAddress, [.. _state.Peers.Values.Where(peer => peer.IsVoter).Select(peer => (peer.Address, peer.Contact))]);
        _isolation.Lease.Extend(until == MembershipWatch.Unlimited ? null : TimeSpan.FromMilliseconds(until - Now));
    }

    private void WarnIfSingleSeed()
    {
        if (_discovery is null && _settings.Seeds.Count <= 1 && _settings.StateDirectory == NodeSettings.NoDirectory)
            _events.SingleSeed(_settings.Seeds is [var seed] ? seed : NodeName.Of(_cluster.SelfAddress));
    }

    // This is correct for the first node that starts, and a serious problem if other nodes run. Only the operator can know which of the two it is.
    private void WarnIfAlone()
    {
        if (IsUp && _state.Peers.Count == 0)
            _events.Alone(NodeName.Of(_cluster.SelfAddress), string.Join(", ", _seeds.Seeds));
    }

    // A seed that is not a member may belong to a second cluster, because a restarted seed forms a new cluster when no other node answers it. A greeting asks it for its members.
    private void Greet()
    {
        if (!IsUp)
            return;
        var members = AllMembers();
        foreach (var seed in _seeds.Due(Now, members))
            NodePath.Resolve(Context.System, NodeName.AddressOf(seed, _cluster.SelfAddress), Name).Tell(_encoder.Encode(new NodeMessage.Greeting(true, members)), Self);
        if (Now - _otherClusterAt > SeedWatch.Memory.TotalMilliseconds)
            _client.OtherCluster = null;
    }

    // The question of a node that starts. A node that is cut off does not know whether its cluster still exists, and one that joins or leaves has none to offer.
    private void OnSearch(NodeMessage.Greeting search)
    {
        if (search.WantsAnswer && (_status is null || (IsUp && _isolation.Lease.IsHeld)))
            Sender.Tell(_encoder.Encode(new NodeMessage.Greeting(false, IsUp ? AllMembers() : [])), Self);
    }

    private void OnGreeting(NodeMessage.Greeting greeting)
    {
        var (other, members) = (NodeName.Of(Sender.Path.Address), AllMembers());
        if (!IsUp || !SeedWatch.IsAnotherCluster(other, greeting.Members, NodeName.Of(_cluster.SelfAddress), members))
            return;
        // The answer makes sure that both clusters detect each other.
        if (greeting.WantsAnswer)
            Sender.Tell(_encoder.Encode(new NodeMessage.Greeting(false, members)), Self);

        var (yields, known) = (SeedWatch.Yields(members, greeting.Members), _client.OtherCluster == other);
        _otherClusterAt = Now;
        _client.OtherCluster = yields ? other : null;
        // After its restart this node asks the members of the larger cluster.
        if (yields)
            Remember([.. greeting.Members, NodeName.Of(_cluster.SelfAddress)]);
        if (yields && !known)
            _events.YieldsToOtherCluster(string.Join(", ", members), string.Join(", ", greeting.Members));
        else if (!yields)
            _events.OtherCluster(string.Join(", ", members), string.Join(", ", greeting.Members));
    }

    private string[] AllMembers() => [.. _state.Peers.Values.Select(peer => peer.Name).Append(NodeName.Of(_cluster.SelfAddress))];

    // Another node has quarantined this node and accepts no messages from it until its process is restarted. The actor system therefore shuts down, which
    // ends the process, and an orchestrator can restart it.
    private void OnQuarantined(Address by)
    {
        _log.Error("Node {Node} has quarantined this node. The node stops and has to be restarted", NodeName.Of(by));
        CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
    }

    private void OnRequest(NodeMessage request)
    {
        // Changes of subscriptions and presence begin here, so that their order is kept. The others may run code of the application, so they run on the thread pool.
        if (request is not (NodeMessage.ChangeSubscription or NodeMessage.ChangePresence))
            Offload.Run(static work => work.actor.Answer(work.request, work.sender, work.self), (actor: this, request, sender: Sender, self: Self));
        else
            Answer(request, Sender, Self);
    }

    private void Answer(NodeMessage request, IActorRef sender, IActorRef self) =>
        _background.Observe(AnswerAsync(request, sender, self), "Answering another node");

    private async Task AnswerAsync(NodeMessage request, IActorRef sender, IActorRef self) =>
        sender.Tell(Encode(await _requests.HandleAsync(request), _encoder) with { Request = request.Request }, self);

    private static NodeFrame Encode(NodeMessage.Answer answer, NodeEncoder encoder)
    {
        try
        {
            return encoder.Encode(answer);
        }
        catch (Exception e) when (e is PayloadTooLargeError or InvalidDataException)
        {
            return encoder.Encode(new NodeMessage.Answer(EventHubErrorReason.TooLarge, e.Message));
        }
    }

    private static NodeFrame Encode(NodeMessage.ClientAnswered answered, NodeEncoder encoder)
    {
        try
        {
            return encoder.Encode(answered);
        }
        catch (Exception e) when (e is PayloadTooLargeError or InvalidDataException)
        {
            return encoder.Encode(new NodeMessage.ClientAnswered(ClientOutcome.Failed(ClientCallErrorReason.Invalid, e.Message)));
        }
    }

    private static TimeoutException Stopped() => new("The component of this node that sends requests to other nodes was stopped before they answered.");
}
