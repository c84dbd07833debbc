using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Calls of functions between nodes, in both directions. All that a call does to its connection comes back through here, in order and before
/// its result. A node that can't be reached any more ends the calls that it runs with an error: each of them may or may not have run.
/// </summary>
/// <remarks>
/// Everybody's calls pass here, so no code of the application runs here: what has to be written as JSON or read from it is on a thread of the
/// pool (<see cref="Offload"/>), and fails its own call. Should the actor be restarted all the same, its calls in both directions end with an
/// error, and a new life of <see cref="RequestIds"/> begins, so that no answer to the earlier life is taken for one to this.
/// </remarks>
internal sealed class CallsActor : UntypedActor, IWithTimers
{
    public const string Name = "calls";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly NodeEncoder _encoder = NodeEncoder.Of(Context.System);
    private readonly RequestIds _requests = new();
    private readonly Dictionary<RequestId, DispatchedCall> _dispatched = [];
    private readonly Dictionary<(Address Node, RequestId Call), WorkerCall> _running = [];
    private readonly CallNodes _nodes;
    private readonly Dictionary<(string Channel, string Action), (ChannelEndpoint Endpoint, BoundAction Action)> _actions = [];
    private readonly Settings.PikkuSettings _settings;
    private readonly NodeRequestHandler _requestHandler;
    private readonly RefusedMessages _refused;
    private readonly ClusterMetrics _metrics;
    private readonly PikkuLog _events;
    private TaskCompletionSource? _drained;

    public CallsActor(
        IReadOnlyList<ChannelEndpoint> channels, Settings.PikkuSettings settings, NodeRequestHandler requestHandler, ClusterClient client,
        RefusedMessages refused, ClusterMetrics metrics, PikkuLog log, CallNodes nodes)
    {
        _nodes = nodes;
        client.OpenCalls(Self);
        foreach (var channel in channels)
            foreach (var action in channel.Definition.AllActions)
                _actions.TryAdd((channel.Definition.Name, action.Label), (channel, action));
        _settings = settings;
        _requestHandler = requestHandler;
        _refused = refused;
        _metrics = metrics;
        _events = log;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The nodes are kept outside of the actor: a restart must not look as if there were none.</summary>
    public static Props Props(
        IReadOnlyList<ChannelEndpoint> channels, Settings.PikkuSettings settings, NodeRequestHandler requestHandler, ClusterClient client,
        RefusedMessages refused, ClusterMetrics metrics, PikkuLog log) => global::Akka.Actor.Props.Create<CallsActor>(
            channels, settings, requestHandler, client, refused, metrics, log, new CallNodes());

    protected override void PreStart()
    {
        // As a snapshot: it also says which nodes were removed while the actor restarted.
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationEvent));
        Timers.StartPeriodicTimer(nameof(CallProtocol.Tick), CallProtocol.Tick.Instance, TickInterval);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // The message that caused it is in no table.
        if (message is FunctionProtocol.Invoke invoke)
            End((InboundMessage)invoke.Invocation, Failed());
        else if (message is CallProtocol.Encoded encoded)
            End(encoded.Inbound, Failed());
        base.PreRestart(reason, message);
    }

    // Also before a restart: this life knows its calls, the next one does not.
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        foreach (var call in _dispatched.Values)
            End(call, Failed());
        foreach (var call in _running.Values)
            Abandon(call);
        _drained?.TrySetResult();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FunctionProtocol.Invoke invoke: Dispatch((InboundMessage)invoke.Invocation); break;
            case CallProtocol.Encoded encoded: OnEncoded(encoded); break;
            case CallProtocol.Cancelled cancelled: OnCancelled(cancelled.Call); break;
            case NodeMessage.Deliver deliver: _requestHandler.Deliver(deliver.Message); break;
            case NodeMessage.CloseChannel close: _requestHandler.Close(close.ChannelId, close.Code, close.Reason); break;
            case NodeMessage.ChangeSession change: OnChangeSession(change); break;
            case NodeMessage.Returned returned: OnReturned(returned); break;

            case NodeMessage.Call call: Run(call); break;
            case NodeMessage.CancelCall cancel: OnCancelCall(cancel); break;
            case NodeMessage.SessionChanged changed: Running(changed)?.SessionChanged(changed); break;
            case NodeMessage.Progress progress: OnProgress(progress); break;
            case UnreadableMessage unreadable: _refused.Refuse(Sender.Path.Address, unreadable, Environment.TickCount64); break;
            case CallProtocol.ToCaller tell: Send(tell.Call.Caller, tell.Message); break;
            case CallProtocol.Finished finished: OnFinished(finished); break;
            case CallProtocol.Drain drain: OnDrain(drain); break;
            case NodeMessage.Leaving: OnLeaving(Sender.Path.Address); break;

            case CallProtocol.Tick: OnTick(); break;
            case ClusterEvent.CurrentClusterState current: OnSnapshot(current); break;
            case ClusterEvent.MemberRemoved removed: OnRemoved(removed.Member.UniqueAddress); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember unreachable: OnGone(unreachable.Member.Address); break;
            case ClusterEvent.ReachableMember reachable: OnReachable(reachable.Member.Address); break;
            case AssociatedEvent associated: OnReachable(associated.RemoteAddress); break;
            case DisassociatedEvent or AssociationErrorEvent: OnGone(((AssociationEvent)message).RemoteAddress); break;
            default: Unhandled(message); break;
        }

        // After it was done: what the sender is told is in the outboxes.
        if (message is NodeMessage counted && NodeWindow.Counts(counted) && _nodes.Find(Sender.Path.Address) is { } node && node.Flow.Handled(counted.Size))
            node.Actor.Tell(node.Flow.Progress(), Self);
    }

    // What counts in the window of the node; the room was taken where it was encoded.
    private void Send(IActorRef to, NodeFrame message)
    {
        _nodes.Find(to.Path.Address)?.Flow.Sent(message.Size);
        to.Tell(message, Self);
    }

    private void OnProgress(NodeMessage.Progress progress)
    {
        if (_nodes.Find(Sender.Path.Address) is not { } node || node.Incarnation != progress.From || progress.To != _cluster.SelfUniqueAddress.Uid)
            return;
        node.Flow.Receive(progress);
        node.Window.Handled(progress.Received);
    }

    private void Dispatch(InboundMessage inbound)
    {
        // It does not end here: what finished before it in the same go should not wait for it.
        inbound.Suspend();
        if (HasBeenAnswered(inbound))
            return;
        Offload.Run(static call => Encode(call.inbound, call._encoder, call.Self), (inbound, _encoder, Self));
    }

    // On a thread of the pool: session and opening data are the application's types.
    private static void Encode(InboundMessage inbound, NodeEncoder encoder, IActorRef self)
    {
        NodeFrame call;
        // Before the session: one that is ended in between must not be set again by the function.
        var epoch = inbound.Session.Epoch;
        try
        {
            var endpoint = inbound.Connection.Endpoint;
            using var user = inbound.Ambient.Enter(); // the getters of the application's types
            // By the declared type, as it is read there: so that a derived one says which it is.
            var opening = inbound.OpeningData is { } data ? JsonSerializer.Serialize(data, endpoint.Definition.OpeningData!, endpoint.Json) : null;
            var session = inbound.Session.Current is { } current ? SessionText.Of(current, endpoint.Json) : null;
            call = encoder.Encode(new NodeMessage.Call(
                endpoint.Definition.Name, inbound.Action.Label, inbound.Channel.Id, session, opening, inbound.Data.ToArray(), inbound.Session.Token));
        }
        catch (Exception e)
        {
            inbound.Fail(e);
            CompleteFunction(inbound);
            return;
        }

        self.Tell(new CallProtocol.Encoded(inbound, epoch, call), ActorRefs.NoSender);
    }

    // Its client has been told that it took too long, and may have sent it again.
    private static bool HasBeenAnswered(InboundMessage inbound)
    {
        if (!inbound.IsAbandoned)
            return false;
        End(inbound, new RequestTimeoutError());
        return true;
    }

    private void OnEncoded(CallProtocol.Encoded encoded)
    {
        var (inbound, epoch, call) = encoded;
        if (HasBeenAnswered(inbound))
            return;
        var role = _settings.Function.RoleOf(inbound.Action.Function.Name)!;
        if (_nodes.Next(role) is not { } node)
        {
            End(inbound, new ServiceUnavailableError($"No node of the role '{role}' can be reached."));
            return;
        }

        if (!node.Window.TryTake(call.Size))
        {
            End(inbound, new ServiceUnavailableError("Too much is on its way to the node that runs the function."));
            return;
        }

        var request = _requests.Next();
        var dispatched = new DispatchedCall(inbound, node.Actor, epoch);
        _dispatched.Add(request, dispatched);
        Send(node.Actor, call with { Request = request });
        // Behind the call, for it may be cancelled already.
        var self = Self;
        dispatched.Cancellation = inbound.Cancellation.UnsafeRegister(
            _ => self.Tell(new CallProtocol.Cancelled(request), ActorRefs.NoSender), null);
    }

    private void OnCancelled(RequestId request)
    {
        if (!_dispatched.TryGetValue(request, out var call))
            return;
        call.CancelledAt = Environment.TickCount64;
        call.Worker.Tell(_encoder.Encode(new NodeMessage.CancelCall()) with { Request = request }, Self);
    }

    // The function may still answer, and middleware here waits for it; but not for ever, for the answer may be lost.
    private void OnTick()
    {
        var now = Environment.TickCount64;
        foreach (var (request, call) in _dispatched.Where(call => now - call.Value.CancelledAt >= _settings.Cluster.RequestTimeout.TotalMilliseconds).ToArray())
        {
            _dispatched.Remove(request);
            End(call, new RequestTimeoutError("The call was cancelled, and the node that runs it did not answer."));
        }

        // What was lost takes no room any more, and the last bytes that were handled are told although nothing follows them.
        foreach (var node in _nodes.All)
            if (node.Flow.HasNews)
                node.Actor.Tell(node.Flow.Progress(), Self);
    }

    private void OnChangeSession(NodeMessage.ChangeSession change)
    {
        var (sender, self) = (Sender, Self);
        if (_dispatched.TryGetValue(change.Request, out var call))
            call.Then(() => sender.Tell(Changed(call, change, _encoder), self));
        else
            sender.Tell(Answer(change, done: false, null, _encoder), self);
    }

    // On a thread of the pool.
    private static NodeFrame Changed(DispatchedCall call, NodeMessage.ChangeSession change, NodeEncoder encoder)
    {
        var endpoint = call.Inbound.Connection.Endpoint;
        try
        {
            if (change.Session is not { } text)
                return Answer(change, call.ChangeSession(null), null, encoder);
            return SessionText.Parse(text, endpoint.Json) is { } session
                ? Answer(change, call.ChangeSession(session), null, encoder)
                : Answer(change, done: false, "The node of the connection can't read the session; let all nodes run the same application.", encoder);
        }
        catch (Exception e)
        {
            return Answer(change, done: false, $"The node of the connection could not change the session: {e.Message}", encoder);
        }
    }

    private static NodeFrame Answer(NodeMessage.ChangeSession change, bool done, string? error, NodeEncoder encoder) =>
        encoder.Encode(new NodeMessage.SessionChanged(change.Number, done, error)) with { Request = change.Request };

    private void OnReturned(NodeMessage.Returned returned)
    {
        if (!_dispatched.Remove(returned.Request, out var call))
            return; // given up before, or of an earlier life
        call.Cancellation.Dispose();
        call.Then(() => Complete(call.Inbound, returned));
    }

    // On a thread of the pool: the result is of the application's types, and its reply is written here.
    private static void Complete(InboundMessage inbound, NodeMessage.Returned returned)
    {
        try
        {
            using var user = inbound.Ambient.Enter(); // the converters of the application's types
            if (returned.Error is { } error)
                inbound.Fail(new ForwardedError(JsonSerializer.Deserialize<ErrorInfo>(error)));
            else if (returned.HasResult)
                inbound.Succeed(returned.IsBinary ? returned.Result : ResultOf(returned, inbound.Action.Runner.Output!.Type));
        }
        catch (Exception e)
        {
            inbound.Fail(e);
        }

        CompleteFunction(inbound);
    }

    // A string may have to go out as its text.
    private static object? ResultOf(NodeMessage.Returned returned, Type type) =>
        type == typeof(string) ? JsonSerializer.Deserialize<string>(returned.Result) : new RawJson(returned.Result);

    private void Run(NodeMessage.Call call)
    {
        if (!_actions.TryGetValue((call.Channel, call.Action), out var known))
        {
            _log.Warning("{Node} wants {Action} of channel {Channel}, which is not known here", NodeName.Of(Sender.Path.Address), call.Action, call.Channel);
            var error = new ErrorInfo(nameof(ServiceUnavailableError), 503, "The function can't be run.");
            SendResult(Sender, call.Request, error);
            return;
        }

        var running = new WorkerCall(call, Sender, Self, known.Endpoint, known.Action, _encoder, WindowOf(Sender.Path.Address), _settings.Cluster.RequestTimeout);
        _running[(Sender.Path.Address, call.Request)] = running;
        Offload.Run(static call => call.Start(), running);
    }

    // A member that is not known here yet has one of its own.
    private NodeWindow WindowOf(Address address) => _nodes.Find(address)?.Window ?? NewWindow(address);

    private NodeWindow NewWindow(Address address) => new(NodeName.Of(address), _settings.Cluster.MaxUnacknowledgedMessages, _events, _metrics);

    private void SendResult(IActorRef caller, RequestId request, ErrorInfo error) => SendResult(
        caller, _encoder.Encode(new NodeMessage.Returned(false, false, [], JsonSerializer.Serialize(error))) with { Request = request });

    // One for each call, which the other node waits for: it is sent in any case.
    private void SendResult(IActorRef caller, NodeFrame result)
    {
        WindowOf(caller.Path.Address).TakeAnyway(result.Size);
        Send(caller, result);
    }

    private WorkerCall? Running(NodeMessage message) => _running.GetValueOrDefault((Sender.Path.Address, message.Request));

    private void OnCancelCall(NodeMessage.CancelCall cancel)
    {
        if (Running(cancel) is { } call)
            Offload.Run(static call => call.Cancel(), call);
    }

    private void OnFinished(CallProtocol.Finished finished)
    {
        // Otherwise the caller has been told of its end.
        if (_running.Remove((finished.Call.Caller.Path.Address, finished.Call.Request)))
            SendResult(finished.Call.Caller, finished.Result);
        EndDrain();
    }

    private void OnDrain(CallProtocol.Drain drain)
    {
        _drained = drain.Done;
        var leaving = _encoder.Encode(new NodeMessage.Leaving());
        foreach (var node in _nodes.All)
            node.Actor.Tell(leaving, Self);
        EndDrain();
    }

    private void EndDrain()
    {
        if (_running.Count == 0)
            _drained?.TrySetResult();
    }

    private void OnLeaving(Address address)
    {
        if (_nodes.Find(address) is { } node)
            node.IsLeaving = true;
    }

    private void OnSnapshot(ClusterEvent.CurrentClusterState current)
    {
        foreach (var address in _nodes.KeepOnly(current.Members.Select(member => member.UniqueAddress.Uid).ToHashSet()))
            OnGone(address);
        foreach (var member in current.Members)
            OnMember(member);
        foreach (var member in current.Unreachable)
            OnGone(member.Address);
    }

    private void OnMember(Member member)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress)
            return;
        var (address, incarnation) = (member.Address, member.UniqueAddress.Uid);
        _nodes.Member(address, incarnation, member.Status == MemberStatus.Up, member.Roles, () => new CallNode(
            incarnation, NodePath.Resolve(Context.System, address, Name), NewWindow(address),
            new NodeFlow(_cluster.SelfUniqueAddress.Uid, incarnation, _settings.Cluster.MaxUnacknowledgedMessages)));
    }

    private void OnRemoved(UniqueAddress node)
    {
        _nodes.Removed(node.Address, node.Uid);
        OnGone(node.Address);
    }

    private void OnReachable(Address address)
    {
        if (_nodes.Find(address) is { } node)
            node.IsReachable = true;
    }

    private void OnGone(Address address)
    {
        if (_nodes.Find(address) is { } node)
            node.IsReachable = false;

        foreach (var (request, call) in _dispatched.Where(call => call.Value.Worker.Path.Address == address).ToArray())
        {
            _dispatched.Remove(request);
            End(call, new ServiceUnavailableError($"The node {NodeName.Of(address)} went away while it ran the function."));
        }

        // Nobody waits for these, unless the link comes back; what they answer then is of no use either.
        foreach (var running in _running.Where(call => call.Key.Node == address).ToArray())
        {
            _running.Remove(running.Key);
            Offload.Run(static call => call.Cancel(), running.Value);
        }

        EndDrain();
    }

    // The caller must not wait for what this life knew.
    private void Abandon(WorkerCall call)
    {
        var error = new ErrorInfo(nameof(ServiceUnavailableError), 503, "The node that ran the function could not finish it.");
        SendResult(call.Caller, call.Request, error);
        Offload.Run(static call => call.Cancel(), call);
    }

    private static ServiceUnavailableError Failed() => new("What this node calls on others was stopped; the function may or may not have run.");

    private static void End(DispatchedCall call, Exception error)
    {
        call.Cancellation.Dispose();
        End(call.Inbound, error);
    }

    // The end of a call disposes its services, which are the application's.
    private static void End(InboundMessage inbound, Exception error) => Offload.Run(
        static call =>
        {
            call.inbound.Fail(call.error);
            CompleteFunction(call.inbound);
        },
        (inbound, error));

    private static void CompleteFunction(InboundMessage inbound)
    {
        using (Cascade.Open())
            inbound.CompleteFunction(isReadyForNext: false);
    }
}
