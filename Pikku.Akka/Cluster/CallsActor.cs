using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
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

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly NodeEncoder _encoder = NodeEncoder.Of(Context.System);
    private readonly RequestIds _requests = new();
    private readonly Dictionary<RequestId, DispatchedCall> _dispatched = [];
    private readonly Dictionary<(Address Node, RequestId Call), WorkerCall> _running = [];
    private readonly Dictionary<UniqueAddress, Worker> _nodes;
    private readonly Dictionary<(string Channel, string Action), (ChannelEndpoint Runtime, BoundAction Action)> _actions = [];
    private readonly Settings.PikkuSettings _settings;
    private readonly NodeDuties _duties;
    private int _turn;
    private TaskCompletionSource? _drained;

    public CallsActor(
        IReadOnlyList<ChannelEndpoint> channels, Settings.PikkuSettings settings, NodeDuties duties, NodeLink link, Dictionary<UniqueAddress, Worker> nodes)
    {
        _nodes = nodes;
        link.OpenCalls(Self);
        foreach (var channel in channels)
            foreach (var action in channel.Definition.AllActions)
                _actions.TryAdd((channel.Definition.Name, action.Label), (channel, action));
        _settings = settings;
        _duties = duties;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The nodes are kept outside of the actor: a restart must not look as if there were none.</summary>
    public static Props Props(IReadOnlyList<ChannelEndpoint> channels, Settings.PikkuSettings settings, NodeDuties duties, NodeLink link) =>
        global::Akka.Actor.Props.Create<CallsActor>(channels, settings, duties, link, new Dictionary<UniqueAddress, Worker>());

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
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
            End(encoded.Exchange, Failed());
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
            case NodeMessage.Deliver deliver: _duties.Deliver(deliver.Message); break;
            case NodeMessage.CloseChannel close: _duties.Close(close.ChannelId, close.Code, close.Reason); break;
            case NodeMessage.ChangeSession change: OnChangeSession(change); break;
            case NodeMessage.Returned returned: OnReturned(returned); break;

            case NodeMessage.Call call: Run(call); break;
            case NodeMessage.CancelCall cancel: OnCancelCall(cancel); break;
            case NodeMessage.SessionChanged changed: Running(changed)?.SessionChanged(changed); break;
            case CallProtocol.ToCaller tell: tell.Call.Caller.Tell(tell.Message, Self); break;
            case CallProtocol.Finished finished: OnFinished(finished); break;
            case CallProtocol.Drain drain: OnDrain(drain); break;
            case NodeMessage.Leaving: OnLeaving(Sender.Path.Address); break;

            case CallProtocol.Tick: OnTick(); break;
            case ClusterEvent.MemberRemoved removed: OnGone(removed.Member.Address, removed.Member.UniqueAddress); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember unreachable: OnGone(unreachable.Member.Address, null); break;
            case ClusterEvent.ReachableMember reachable: OnReachable(reachable.Member.Address); break;
            case AssociatedEvent associated: OnReachable(associated.RemoteAddress); break;
            case DisassociatedEvent or AssociationErrorEvent: OnGone(((AssociationEvent)message).RemoteAddress, null); break;
            default: Unhandled(message); break;
        }
    }

    private void Dispatch(InboundMessage exchange)
    {
        // It does not end here: what finished before it in the same go should not wait for it.
        exchange.Suspend();
        if (HasBeenAnswered(exchange))
            return;
        Offload.Run(static call => Encode(call.exchange, call._encoder, call.Self), (exchange, _encoder, Self));
    }

    // On a thread of the pool: session and opening data are the application's types.
    private static void Encode(InboundMessage exchange, NodeEncoder encoder, IActorRef self)
    {
        NodeFrame call;
        // Before the session: one that is ended in between must not be set again by the function.
        var epoch = exchange.Session.Epoch;
        try
        {
            var runtime = exchange.Connection.Endpoint;
            using var user = exchange.Ambient.Enter(); // the getters of the application's types
            // By the declared type, as it is read there: so that a derived one says which it is.
            var opening = exchange.OpeningData is { } data ? JsonSerializer.Serialize(data, runtime.Definition.OpeningData!, runtime.Json) : null;
            var session = exchange.Session.Current is { } current ? SessionText.Of(current, runtime.Json) : null;
            call = encoder.Encode(new NodeMessage.Call(
                runtime.Definition.Name, exchange.Action.Label, exchange.Channel.Id, session, opening, exchange.Data.ToArray(), exchange.Session.Token));
        }
        catch (Exception e)
        {
            exchange.Fail(e);
            Finish(exchange);
            return;
        }

        self.Tell(new CallProtocol.Encoded(exchange, epoch, call), ActorRefs.NoSender);
    }

    // Its client has been told that it took too long, and may have sent it again.
    private static bool HasBeenAnswered(InboundMessage exchange)
    {
        if (!exchange.IsAbandoned)
            return false;
        End(exchange, new RequestTimeoutError());
        return true;
    }

    private void OnEncoded(CallProtocol.Encoded encoded)
    {
        var (exchange, epoch, call) = encoded;
        if (HasBeenAnswered(exchange))
            return;
        var role = _settings.Function.RoleOf(exchange.Action.Function.Name)!;
        if (Next(role) is not { } worker)
        {
            End(exchange, new ServiceUnavailableError($"No node of the role '{role}' can be reached."));
            return;
        }

        var request = _requests.Next();
        var dispatched = new DispatchedCall(exchange, worker, epoch);
        _dispatched.Add(request, dispatched);
        worker.Tell(call with { Request = request }, Self);
        // Behind the call, for it may be cancelled already.
        var self = Self;
        dispatched.Cancellation = exchange.Cancellation.UnsafeRegister(
            _ => self.Tell(new CallProtocol.Cancelled(request), ActorRefs.NoSender), null);
    }

    // In turn. One whose link has failed is left out until it is back.
    private IActorRef? Next(string role)
    {
        var sound = _nodes.Values.Where(node => node is { IsReachable: true, IsLeaving: false } && node.Member.Status == MemberStatus.Up && node.Member.HasRole(role)).ToArray();
        return sound.Length == 0 ? null : sound[(int)((uint)_turn++ % (uint)sound.Length)].Actor;
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
        var runtime = call.Exchange.Connection.Endpoint;
        try
        {
            if (change.Session is not { } text)
                return Answer(change, call.ChangeSession(null), null, encoder);
            return SessionText.Parse(text, runtime.Json) is { } session
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
        call.Then(() => Complete(call.Exchange, returned));
    }

    // On a thread of the pool: the result is of the application's types, and its reply is written here.
    private static void Complete(InboundMessage exchange, NodeMessage.Returned returned)
    {
        try
        {
            using var user = exchange.Ambient.Enter(); // the converters of the application's types
            if (returned.Error is { } error)
                exchange.Fail(new ForwardedError(JsonSerializer.Deserialize<ErrorInfo>(error)));
            else if (returned.HasResult)
                exchange.Succeed(returned.IsBinary ? returned.Result : ResultOf(returned, exchange.Action.Runner.Output!.Type));
        }
        catch (Exception e)
        {
            exchange.Fail(e);
        }

        Finish(exchange);
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
            Sender.Tell(_encoder.Encode(new NodeMessage.Returned(false, false, [], JsonSerializer.Serialize(error))) with { Request = call.Request }, Self);
            return;
        }

        var running = new WorkerCall(call, Sender, Self, known.Runtime, known.Action, _encoder, _settings.Cluster.RequestTimeout);
        _running[(Sender.Path.Address, call.Request)] = running;
        Offload.Run(static call => call.Start(), running);
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
            finished.Call.Caller.Tell(finished.Result, Self);
        EndDrain();
    }

    private void OnDrain(CallProtocol.Drain drain)
    {
        _drained = drain.Done;
        var leaving = _encoder.Encode(new NodeMessage.Leaving());
        foreach (var node in _nodes.Values)
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
        foreach (var (node, worker) in _nodes.ToArray())
            if (node.Address == address)
                _nodes[node] = worker with { IsLeaving = true };
    }

    private void OnMember(Member member)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress)
            return;
        var known = _nodes.GetValueOrDefault(member.UniqueAddress);
        _nodes[member.UniqueAddress] = new Worker(
            member, known?.Actor ?? NodePath.Resolve(Context.System, member.Address, Name), known?.IsReachable ?? true,
            known?.IsLeaving ?? false);
    }

    private void OnReachable(Address address)
    {
        foreach (var (node, worker) in _nodes.ToArray())
            if (node.Address == address)
                _nodes[node] = worker with { IsReachable = true };
    }

    private void OnGone(Address address, UniqueAddress? removed)
    {
        if (removed is not null)
            _nodes.Remove(removed);
        foreach (var (node, worker) in _nodes.ToArray())
            if (node.Address == address)
                _nodes[node] = worker with { IsReachable = false };

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
        call.Caller.Tell(_encoder.Encode(new NodeMessage.Returned(false, false, [], JsonSerializer.Serialize(error))) with { Request = call.Request }, Self);
        Offload.Run(static call => call.Cancel(), call);
    }

    private static ServiceUnavailableError Failed() => new("What this node calls on others was stopped; the function may or may not have run.");

    private static void End(DispatchedCall call, Exception error)
    {
        call.Cancellation.Dispose();
        End(call.Exchange, error);
    }

    // The end of a call disposes its services, which are the application's.
    private static void End(InboundMessage exchange, Exception error) => Offload.Run(
        static call =>
        {
            call.exchange.Fail(call.error);
            Finish(call.exchange);
        },
        (exchange, error));

    private static void Finish(InboundMessage exchange)
    {
        using (Cascade.Open())
            exchange.CompleteFunction(isReadyForNext: false);
    }

    /// <summary>Another node that may run functions.</summary>
    internal sealed record Worker(Member Member, IActorRef Actor, bool IsReachable, bool IsLeaving);
}
