using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Calls of functions between nodes, in both directions. <see cref="CallsState"/> makes the decisions; this actor sends and receives. Everything that a
/// function does to its connection passes through here, in order and before its result. When a node can't be reached any more, the calls that it runs end
/// with an error: each of their functions may or may not have run.
/// </summary>
/// <remarks>
/// All calls between nodes share this actor, so it runs no code of the application: <see cref="CallWork"/> reads and writes JSON on the thread pool, and
/// a failure there fails one call only. If the actor is restarted nevertheless, its calls in both directions end with an error, and a new life of
/// <see cref="RequestIds"/> begins, so that an answer to a call of the earlier life matches no call of the new one.
/// </remarks>
internal sealed class CallsActor : UntypedActor, IWithTimers
{
    public const string Name = "calls";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly NodeEncoder _encoder = NodeEncoder.Of(Context.System);
    private readonly Dictionary<(string Channel, string Action), (ChannelEndpoint Endpoint, BoundAction Action)> _actions = [];
    private readonly NodeRequestHandler _requestHandler;
    private readonly RefusedMessages _refused;
    private readonly TimeSpan _requestTimeout;
    private readonly TimeSpan _drainTimeout;
    private readonly CallsState _state;
    private readonly TimeProvider _clock;

    public CallsActor(
        IReadOnlyList<ChannelEndpoint> channels, PikkuSettings settings, NodeRequestHandler requestHandler, ClusterClient client,
        RefusedMessages refused, ClusterMetrics metrics, PikkuLog log, TimeProvider clock, CallNodes nodes)
    {
        client.OpenCalls(Self);
        foreach (var channel in channels)
            foreach (var action in channel.Definition.AllActions)
                _actions.TryAdd((channel.Definition.Name, action.Label), (channel, action));
        _requestHandler = requestHandler;
        _refused = refused;
        _clock = clock;
        _requestTimeout = settings.Cluster.RequestTimeout;
        _drainTimeout = settings.Shutdown.DrainTimeout;
        var self = Self;
        _state = new CallsState(
            _cluster.SelfUniqueAddress.Uid, nodes, settings, _encoder,
            address => new NodeWindow(NodeName.Of(address), settings.Cluster.MaxUnacknowledgedMessages, log, metrics),
            request => self.Tell(new CallProtocol.Cancelled(request), ActorRefs.NoSender));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The nodes are created outside of the actor, so that they outlive a restart: calls during a restart must still find a node.</summary>
    public static Props Props(
        IReadOnlyList<ChannelEndpoint> channels, PikkuSettings settings, NodeRequestHandler requestHandler, ClusterClient client,
        RefusedMessages refused, ClusterMetrics metrics, PikkuLog log, TimeProvider clock) => global::Akka.Actor.Props.Create<CallsActor>(
            channels, settings, requestHandler, client, refused, metrics, log, clock, new CallNodes());

    protected override void PreStart()
    {
        // The snapshot also shows which nodes were removed while the actor restarted; events would not.
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationEvent));
        Timers.StartPeriodicTimer(nameof(CallProtocol.Tick), CallProtocol.Tick.Instance, TickInterval);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // The state does not know the call whose message caused the restart, unless sending it failed.
        if (message is InboundMessage call)
            CallWork.Fail(call, CallsState.Stopped());
        else if (message is CallProtocol.Encoded encoded && !_state.HasCallOf(encoded.Inbound))
            CallWork.Fail(encoded.Inbound, CallsState.Stopped());
        base.PreRestart(reason, message);
    }

    // This also runs before a restart, because the next life of the actor does not know the calls of this one.
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _state.Stop();
        CarryOut();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            // Calls of this node.
            case InboundMessage call: OnInvoke(call, call.Within); break;
            case CallProtocol.Encoded encoded: _state.Dispatch(encoded); break;
            case CallProtocol.Cancelled cancelled: _state.Cancel(cancelled.Call, _clock.GetMilliseconds()); break;
            case NodeMessage.Deliver deliver: _requestHandler.Deliver(deliver.Message); break;
            case NodeMessage.CloseChannel close: _requestHandler.Close(close.ChannelId, close.Code, close.Reason); break;
            case NodeMessage.ChangeSession change: OnChangeSession(change); break;
            case NodeMessage.Item item: OnItem(item); break;
            case NodeMessage.Returned returned: OnReturned(returned); break;

            // Calls of other nodes.
            case NodeMessage.Call remote: OnCall(remote); break;
            case NodeMessage.CancelCall cancel: OnCancelCall(cancel); break;
            case NodeMessage.SessionChanged changed: Running(changed)?.SessionChanged(changed); break;
            case NodeMessage.TakeItems taken: Running(taken)?.ItemsTaken(taken.Count); break;
            case CallProtocol.ToCaller tell: _state.Send(tell.Call.Caller, tell.Message); break;
            case CallProtocol.Finished finished: _state.Finished(finished.Call, finished.Result); break;
            case CallProtocol.Drain drain: OnDrain(drain); break;
            case CallProtocol.EndStreams: _state.EndStreams(); break;

            // The nodes.
            case NodeMessage.Progress progress: _state.Progress(Sender.Path.Address, progress); break;
            case NodeMessage.Leaving: _state.Leaving(Sender.Path.Address); break;
            case UnreadableMessage unreadable: _refused.Refuse(Sender.Path.Address, unreadable); break;
            case CallProtocol.Tick: _state.Tick(_clock.GetMilliseconds()); break;
            case ClusterEvent.CurrentClusterState current: OnSnapshot(current); break;
            case ClusterEvent.MemberRemoved removed: _state.Removed(removed.Member.Address, removed.Member.UniqueAddress.Uid); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember unreachable: _state.Unreachable(unreachable.Member.Address); break;
            case ClusterEvent.ReachableMember reachable: _state.Reachable(reachable.Member.Address); break;
            case AssociatedEvent associated: _state.Reachable(associated.RemoteAddress); break;
            case DisassociatedEvent or AssociationErrorEvent: _state.Unreachable(((AssociationEvent)message).RemoteAddress); break;
            default: Unhandled(message); break;
        }

        // Last: a message counts as handled once its effects are in the outboxes.
        if (message is NodeMessage counted)
            _state.Handled(Sender.Path.Address, counted);
        CarryOut();
    }

    private void CarryOut()
    {
        foreach (var (to, message) in _state.Output)
            to.Tell(message, Self);
        foreach (var (inbound, error) in _state.Failed)
            CallWork.Fail(inbound, error);
        foreach (var call in _state.Cancelled)
            Offload.Run(static call => call.Cancel(), call);
        _state.Output.Clear();
        _state.Failed.Clear();
        _state.Cancelled.Clear();
    }

    private void OnInvoke(InboundMessage inbound, AmbientContext? within)
    {
        // The message ends later, so the messages of the same turn that have finished do not wait for it.
        inbound.Suspend();
        if (!_state.EndIfAbandoned(inbound))
            Offload.Run(static call => CallWork.Encode(call.inbound, call.within, call._encoder, call.Self), (inbound, within, _encoder, Self));
    }

    private void OnChangeSession(NodeMessage.ChangeSession change)
    {
        var (sender, self) = (Sender, Self);
        if (_state.Find(change.Request) is { } call)
            call.Then(() => sender.Tell(CallWork.ChangeSession(call, change, _encoder), self));
        else
            sender.Tell(CallWork.Answer(change, isDone: false, null, _encoder), self);
    }

    private void OnItem(NodeMessage.Item item)
    {
        var (sender, self) = (Sender, Self);
        if (_state.Find(item.Request) is { } call)
            call.ThenAsync(() => CallWork.SendItemAsync(
                call, item, () => sender.Tell(_encoder.Encode(new NodeMessage.TakeItems(1)) with { Request = item.Request }, self)));
    }

    // A stream may end by itself. One that does not is ended while there is still time for its error.
    private void OnDrain(CallProtocol.Drain drain)
    {
        _state.Drain(drain.Done);
        Timers.StartSingleTimer(nameof(CallProtocol.EndStreams), CallProtocol.EndStreams.Instance, _drainTimeout * 0.75);
    }

    private void OnReturned(NodeMessage.Returned returned)
    {
        if (_state.Remove(returned.Request) is { } call)
            call.Then(() => CallWork.Complete(call, returned));
    }

    private void OnCall(NodeMessage.Call call)
    {
        if (!_actions.TryGetValue((call.Channel, call.Action), out var known))
        {
            _log.Warning("{Node} called {Action} of channel {Channel}, which this node does not know", NodeName.Of(Sender.Path.Address), call.Action, call.Channel);
            _state.Refuse(Sender, call.Request, new ErrorInfo(nameof(ServiceUnavailableError), 503, "The function can't be run."));
            return;
        }

        var running = new WorkerCall(call, Sender, Self, known.Endpoint, known.Action, _encoder, _state.WindowOf(Sender.Path.Address), _requestTimeout);
        _state.Run(running);
        Offload.Run(static call => call.Start(), running);
    }

    private WorkerCall? Running(NodeMessage message) => _state.Running(Sender.Path.Address, message.Request);

    private void OnCancelCall(NodeMessage.CancelCall cancel)
    {
        if (Running(cancel) is { } call)
            Offload.Run(static call => call.Cancel(), call);
    }

    private void OnSnapshot(ClusterEvent.CurrentClusterState current)
    {
        _state.KeepOnly(current.Members.Select(member => member.UniqueAddress.Uid).ToHashSet());
        foreach (var member in current.Members)
            OnMember(member);
        foreach (var member in current.Unreachable)
            _state.Unreachable(member.Address);
    }

    private void OnMember(Member member)
    {
        if (member.UniqueAddress != _cluster.SelfUniqueAddress)
            _state.Member(
                member.Address, member.UniqueAddress.Uid, member.Status == MemberStatus.Up, member.Roles,
                () => NodePath.Resolve(Context.System, member.Address, Name));
    }
}
