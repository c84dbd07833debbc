using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Nodes;

/// <summary>
/// Calls of functions between nodes, in both directions. All that a call does to its connection comes back through here, in order and before
/// its result. A node that can't be reached any more ends the calls that it runs with an error: each of them may or may not have run.
/// </summary>
internal sealed class CallsActor : UntypedActor
{
    public const string Name = "calls";

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<long, DispatchedCall> _dispatched = [];
    private readonly Dictionary<(Address Node, long Number), WorkerCall> _running = [];
    private readonly Dictionary<UniqueAddress, Worker> _nodes = [];
    private readonly Dictionary<(string Channel, string Action), (ChannelRuntime Runtime, BoundAction Action)> _actions = [];
    private readonly Settings.PikkuSettings _settings;
    private readonly NodeDuties _duties;
    private long _calls;
    private int _turn;
    private TaskCompletionSource? _drained;

    public CallsActor(IReadOnlyList<ChannelRuntime> channels, Settings.PikkuSettings settings, NodeDuties duties, NodeLink link)
    {
        link.OpenCalls(Self);
        foreach (var channel in channels)
            foreach (var action in channel.Definition.AllActions)
                _actions.TryAdd((channel.Definition.Name, action.Label), (channel, action));
        _settings = settings;
        _duties = duties;
    }

    public static Props Props(IReadOnlyList<ChannelRuntime> channels, Settings.PikkuSettings settings, NodeDuties duties, NodeLink link) =>
        global::Akka.Actor.Props.Create<CallsActor>(channels, settings, duties, link);

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationEvent));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        foreach (var call in _dispatched.Values)
            End(call, new ServiceUnavailableError("The node stops."));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FunctionProtocol.Invoke invoke: Dispatch((Exchange)invoke.Invocation); break;
            case CallProtocol.Cancelled cancelled: OnCancelled(cancelled.Call); break;
            case NodeMessage.Deliver deliver: _duties.Deliver(deliver.Message); break;
            case NodeMessage.CloseChannel close: _duties.Close(close.ChannelId, close.Code, close.Reason); break;
            case NodeMessage.ChangeSession change: OnChangeSession(change); break;
            case NodeMessage.Returned returned: OnReturned(returned); break;

            case NodeMessage.Call call: Run(call); break;
            case NodeMessage.CancelCall cancel: Running(cancel)?.Cancel(); break;
            case NodeMessage.SessionChanged changed: Running(changed)?.SessionChanged(changed.Done); break;
            case CallProtocol.ToCaller tell: tell.Call.Caller.Tell(tell.Message, Self); break;
            case CallProtocol.Finished finished: OnFinished(finished); break;
            case CallProtocol.Drain drain: OnDrain(drain); break;
            case NodeMessage.Leaving: OnLeaving(Sender.Path.Address); break;

            case ClusterEvent.MemberRemoved removed: OnGone(removed.Member.Address, removed.Member.UniqueAddress); break;
            case ClusterEvent.IMemberEvent changed: OnMember(changed.Member); break;
            case ClusterEvent.UnreachableMember unreachable: OnGone(unreachable.Member.Address, null); break;
            case ClusterEvent.ReachableMember reachable: OnReachable(reachable.Member.Address); break;
            case AssociatedEvent associated: OnReachable(associated.RemoteAddress); break;
            case DisassociatedEvent or AssociationErrorEvent: OnGone(((AssociationEvent)message).RemoteAddress, null); break;
            default: Unhandled(message); break;
        }
    }

    private void Dispatch(Exchange exchange)
    {
        // It does not end here: what finished before it in the same go should not wait for it.
        exchange.Suspended();
        var role = _settings.Function.RoleOf(exchange.Action.Function.Name)!;
        if (Next(role) is not { } worker)
        {
            exchange.Fail(new ServiceUnavailableError($"No node of the role '{role}' can be reached."));
            Finish(exchange);
            return;
        }

        var number = ++_calls;
        var self = Self;
        var runtime = exchange.Channel.Runtime;
        string? opening, session;
        using (exchange.Ambient.Enter()) // the getters of the application's types
        {
            // By the declared type, as it is read there: so that a derived one says which it is.
            opening = exchange.OpeningData is { } data ? JsonSerializer.Serialize(data, runtime.Definition.OpeningData!, runtime.Json) : null;
            session = exchange.Session.Current is { } current ? SessionText.Of(current, runtime.Json) : null;
        }

        var call = new NodeMessage.Call(runtime.Definition.Name, exchange.Action.Label, exchange.Channel.Id, session, opening, exchange.Data.ToArray());
        var cancellation = exchange.Cancellation.Register(() => self.Tell(new CallProtocol.Cancelled(number)));
        _dispatched.Add(number, new DispatchedCall(exchange, worker, cancellation));
        worker.Tell(call with { Request = number }, Self);
    }

    // In turn. One whose link has failed is left out until it is back.
    private IActorRef? Next(string role)
    {
        var sound = _nodes.Values.Where(node => node is { IsReachable: true, IsLeaving: false } && node.Member.Status == MemberStatus.Up && node.Member.HasRole(role)).ToArray();
        return sound.Length == 0 ? null : sound[(int)((uint)_turn++ % (uint)sound.Length)].Actor;
    }

    private void OnCancelled(long number)
    {
        if (_dispatched.TryGetValue(number, out var call))
            call.Worker.Tell(new NodeMessage.CancelCall { Request = number }, Self);
    }

    private void OnChangeSession(NodeMessage.ChangeSession change)
    {
        var done = _dispatched.TryGetValue(change.Request, out var call)
            && call.ChangeSession(change.Session is { } text ? SessionText.Parse(text, call.Exchange.Channel.Runtime.Json) : null);
        Sender.Tell(new NodeMessage.SessionChanged(done) { Request = change.Request }, Self);
    }

    private void OnReturned(NodeMessage.Returned returned)
    {
        if (!_dispatched.Remove(returned.Request, out var call))
            return; // given up before
        try
        {
            using var user = call.Exchange.Ambient.Enter(); // the converters of the application's types
            if (returned.Error is { } error)
                call.Exchange.Fail(new ForwardedError(JsonSerializer.Deserialize<ErrorInfo>(error)));
            else if (returned.HasResult)
                call.Exchange.Succeed(returned.IsBinary ? returned.Result : ResultOf(returned, call.Exchange.Action.Runner.Output!.Type));
        }
        catch (Exception e)
        {
            call.Exchange.Fail(e);
        }

        call.Forget();
        Finish(call.Exchange);
    }

    // A string may have to go out as its text.
    private static object? ResultOf(NodeMessage.Returned returned, Type type) =>
        type == typeof(string) ? JsonSerializer.Deserialize<string>(returned.Result) : new RawJson(returned.Result);

    private void Run(NodeMessage.Call call)
    {
        var (runtime, action) = _actions.GetValueOrDefault((call.Channel, call.Action));
        try
        {
            if (runtime is null || action is null)
                throw new ServiceUnavailableError($"This node knows no {call.Action} of channel '{call.Channel}'; let all nodes run the same application.");
            var running = new WorkerCall(call, Sender, Self, runtime, action, _settings.Cluster.RequestTimeout);
            _running.Add((Sender.Path.Address, call.Request), running);
            action.LocalActor.Tell(new FunctionProtocol.Invoke(running), ActorRefs.NoSender);
        }
        catch (Exception e)
        {
            var info = runtime?.Errors.For(e) ?? new ErrorInfo(nameof(ServiceUnavailableError), 503, "The function can't be run.");
            Sender.Tell(new NodeMessage.Returned(false, false, [], JsonSerializer.Serialize(info)) { Request = call.Request }, Self);
        }
    }

    private WorkerCall? Running(NodeMessage message) => _running.GetValueOrDefault((Sender.Path.Address, message.Request));

    private void OnFinished(CallProtocol.Finished finished)
    {
        _running.Remove((finished.Call.Caller.Path.Address, finished.Call.Number));
        finished.Call.Caller.Tell(finished.Result, Self);
        EndDrain();
    }

    private void OnDrain(CallProtocol.Drain drain)
    {
        _drained = drain.Done;
        foreach (var node in _nodes.Values)
            node.Actor.Tell(new NodeMessage.Leaving(), Self);
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

        foreach (var (number, call) in _dispatched.Where(call => call.Value.Worker.Path.Address == address).ToArray())
        {
            _dispatched.Remove(number);
            End(call, new ServiceUnavailableError($"The node {NodeName.Of(address)} went away while it ran the function."));
        }

        // Nobody waits for these, unless the link comes back; what they answer then is of no use either.
        foreach (var running in _running.Where(call => call.Key.Node == address).ToArray())
        {
            _running.Remove(running.Key);
            running.Value.Cancel();
        }

        EndDrain();
    }

    private static void End(DispatchedCall call, Exception error)
    {
        call.Forget();
        call.Exchange.Fail(error);
        Finish(call.Exchange);
    }

    private static void Finish(Exchange exchange)
    {
        using (Cascade.Open())
            exchange.FunctionFinished();
    }

    private sealed record Worker(Member Member, IActorRef Actor, bool IsReachable, bool IsLeaving);
}
