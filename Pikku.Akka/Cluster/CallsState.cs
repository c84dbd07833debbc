using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The state of the calls of functions between nodes, in both directions. It selects the node that runs a call, knows the open calls, and ends a call whose
/// answer can't arrive any more. Each method handles one message and adds what has to be done to <see cref="Output"/>, <see cref="Failed"/> and
/// <see cref="Cancelled"/>; the current time is a parameter. Not thread-safe: <see cref="CallsActor"/> owns it.
/// </summary>
/// <param name="self">The incarnation of this node.</param>
/// <param name="nodes">The other nodes.</param>
/// <param name="settings">The roles of functions, and the timeouts.</param>
/// <param name="encoder">Encodes messages for other nodes.</param>
/// <param name="newWindow">Creates the window of a node.</param>
/// <param name="cancelled">Called from any thread when a call of this node is cancelled; <see cref="Cancel"/> has to follow.</param>
internal sealed class CallsState(
    int self, CallNodes nodes, PikkuSettings settings, NodeEncoder encoder, Func<Address, NodeWindow> newWindow, Action<RequestId> cancelled)
{
    private readonly RequestIds _requests = new();
    private readonly Dictionary<RequestId, DispatchedCall> _dispatched = [];
    private readonly Dictionary<(Address Node, RequestId Call), WorkerCall> _running = [];
    private TaskCompletionSource? _drained;

    /// <summary>The messages to send, in this order. The sender clears the list.</summary>
    public List<(IActorRef To, NodeFrame Message)> Output { get; } = [];

    /// <summary>The calls of this node that end with an error.</summary>
    public List<(InboundMessage Inbound, Exception Error)> Failed { get; } = [];

    /// <summary>The calls of other nodes whose functions have to be cancelled.</summary>
    public List<WorkerCall> Cancelled { get; } = [];

    /// <summary>The error of a call that was open when the actor stopped.</summary>
    public static ServiceUnavailableError Stopped() => new("What this node calls on others was stopped; the function may or may not have run.");

    /// <summary>
    /// Ends a message that was abandoned before its call was sent: its client has received a timeout and may have sent the message again.
    /// </summary>
    /// <returns>True when the message was abandoned.</returns>
    public bool EndIfAbandoned(InboundMessage inbound)
    {
        if (!inbound.IsAbandoned)
            return false;
        Failed.Add((inbound, new RequestTimeoutError()));
        return true;
    }

    /// <summary>Sends a call of this node to a node of the function's role.</summary>
    public void Dispatch(CallProtocol.Encoded encoded)
    {
        var (inbound, epoch, call) = encoded;
        if (EndIfAbandoned(inbound))
            return;
        var role = settings.Function.RoleOf(inbound.Action.Function.Name)!;
        if (nodes.Next(role) is not { } node)
        {
            Failed.Add((inbound, new ServiceUnavailableError($"No node of the role '{role}' can be reached.")));
            return;
        }

        if (!node.Window.TryTake(call.Size))
        {
            Failed.Add((inbound, new ServiceUnavailableError("Too much is on its way to the node that runs the function.")));
            return;
        }

        var request = _requests.Next();
        var dispatched = new DispatchedCall(inbound, node.Actor, epoch);
        _dispatched.Add(request, dispatched);
        Send(node.Actor, call with { Request = request });
        // A token that is already cancelled calls back at once. The callback only sends a message to the actor, which therefore handles it after the call is sent.
        dispatched.Cancellation = inbound.Cancellation.UnsafeRegister(_ => cancelled(request), null);
    }

    /// <summary>A call of this node was cancelled: the node that runs it cancels the function.</summary>
    public void Cancel(RequestId request, long now)
    {
        if (!_dispatched.TryGetValue(request, out var call))
            return;
        call.CancelledAt = now;
        Output.Add((call.Worker, encoder.Encode(new NodeMessage.CancelCall()) with { Request = request }));
    }

    /// <summary>The open call of this node with an id; null when it has ended or belongs to an earlier life of the actor.</summary>
    public DispatchedCall? Find(RequestId request) => _dispatched.GetValueOrDefault(request);

    /// <summary>True when a call for this message is open.</summary>
    public bool HasCallOf(InboundMessage inbound) => _dispatched.Values.Any(call => call.Inbound == inbound);

    /// <summary>Removes a call of this node because its result has arrived.</summary>
    /// <returns>The call; null when it has ended or belongs to an earlier life of the actor.</returns>
    public DispatchedCall? Remove(RequestId request)
    {
        if (!_dispatched.Remove(request, out var call))
            return null;
        call.Cancellation.Dispose();
        return call;
    }

    /// <summary>Ends the cancelled calls that nobody answered in time, and sends the progress that other nodes don't know yet.</summary>
    public void Tick(long now)
    {
        // A cancelled function may still answer, and the middleware of this node waits for the answer. The wait is limited because the answer may be lost.
        foreach (var (request, call) in _dispatched.Where(call => now - call.Value.CancelledAt >= settings.Cluster.RequestTimeout.TotalMilliseconds).ToArray())
            Fail(request, call, new RequestTimeoutError("The call was cancelled, and the node that runs it did not answer."));

        // This frees the room of messages that were lost, and reports the last handled bytes even if no message follows them.
        foreach (var node in nodes.All)
            if (node.Flow.HasNews)
                Output.Add((node.Actor, node.Flow.Progress()));
    }

    /// <summary>Adds a call of another node that is about to run here.</summary>
    public void Run(WorkerCall call) => _running[(call.Caller.Path.Address, call.Request)] = call;

    /// <summary>The call of a node that runs here; null when it has ended.</summary>
    public WorkerCall? Running(Address node, RequestId request) => _running.GetValueOrDefault((node, request));

    /// <summary>The function of another node's call has run: its result is sent, unless the caller was told before that the call has ended.</summary>
    public void Finished(WorkerCall call, NodeFrame result)
    {
        if (_running.Remove((call.Caller.Path.Address, call.Request)))
            SendResult(call.Caller, result);
        CompleteDrain();
    }

    /// <summary>Answers a call of another node with an error.</summary>
    public void Refuse(IActorRef caller, RequestId request, ErrorInfo error) => SendResult(
        caller, encoder.Encode(new NodeMessage.Returned(false, false, [], JsonSerializer.Serialize(error))) with { Request = request });

    /// <summary>Sends a message that counts in the window of its receiver. The room was taken where the message was encoded.</summary>
    public void Send(IActorRef to, NodeFrame message)
    {
        nodes.Find(to.Path.Address)?.Flow.Sent(message.Size);
        Output.Add((to, message));
    }

    /// <summary>Another node reports how many bytes it has sent and handled.</summary>
    public void Progress(Address sender, NodeMessage.Progress progress)
    {
        if (nodes.Find(sender) is not { } node || node.Incarnation != progress.From || progress.To != self)
            return;
        node.Flow.Receive(progress);
        node.Window.Handled(progress.Received);
    }

    /// <summary>A message of another node was handled completely, so it counts as handled in the window of its sender.</summary>
    public void Handled(Address sender, NodeMessage message)
    {
        if (NodeWindow.Counts(message) && nodes.Find(sender) is { } node && node.Flow.Handled(message.Size))
            Output.Add((node.Actor, node.Flow.Progress()));
    }

    /// <summary>The window of a node. A member that this node does not know yet gets a window that is not shared.</summary>
    public NodeWindow WindowOf(Address address) => nodes.Find(address)?.Window ?? newWindow(address);

    /// <summary>Tells the other nodes to send no more calls.</summary>
    /// <param name="done">Completed when the calls that run here have ended.</param>
    public void Drain(TaskCompletionSource done)
    {
        _drained = done;
        var leaving = encoder.Encode(new NodeMessage.Leaving());
        foreach (var node in nodes.All)
            Output.Add((node.Actor, leaving));
        CompleteDrain();
    }

    /// <summary>Ends the streams that run here for other nodes.</summary>
    public void EndStreams() => Cancelled.AddRange(_running.Values.Where(call => call.TryLeave()));

    /// <summary>Another node takes no more calls.</summary>
    public void Leaving(Address address)
    {
        if (nodes.Find(address) is { } node)
            node.IsLeaving = true;
    }

    /// <summary>A node is a member, or its status has changed.</summary>
    public void Member(Address address, int incarnation, bool isUp, IReadOnlyCollection<string> roles, Func<IActorRef> resolve) =>
        nodes.Member(address, incarnation, isUp, roles, () => new CallNode(
            incarnation, resolve(), newWindow(address), new NodeFlow(self, incarnation, settings.Cluster.MaxUnacknowledgedMessages)));

    /// <summary>Removes the nodes that are not members any more.</summary>
    /// <param name="members">The incarnations of the current members.</param>
    public void KeepOnly(IReadOnlySet<int> members)
    {
        foreach (var address in nodes.KeepOnly(members))
            Unreachable(address);
    }

    /// <summary>A node is not a member any more.</summary>
    public void Removed(Address address, int incarnation)
    {
        nodes.Removed(address, incarnation);
        Unreachable(address);
    }

    /// <summary>A node can be reached again.</summary>
    public void Reachable(Address address)
    {
        if (nodes.Find(address) is { } node)
            node.IsReachable = true;
    }

    /// <summary>A node can't be reached any more: its calls end in both directions.</summary>
    public void Unreachable(Address address)
    {
        if (nodes.Find(address) is { } node)
            node.IsReachable = false;

        foreach (var (request, call) in _dispatched.Where(call => call.Value.Worker.Path.Address == address).ToArray())
            Fail(request, call, new ServiceUnavailableError($"The node {NodeName.Of(address)} went away while it ran the function."));

        // The caller has ended these calls as well. Even if the link comes back, nobody uses their results.
        foreach (var (key, call) in _running.Where(call => call.Key.Node == address).ToArray())
        {
            _running.Remove(key);
            Cancelled.Add(call);
        }

        CompleteDrain();
    }

    /// <summary>Ends all open calls with an error. The next life of the actor does not know them, so neither side may wait for them.</summary>
    public void Stop()
    {
        foreach (var (request, call) in _dispatched.ToArray())
            Fail(request, call, Stopped());
        var error = new ErrorInfo(nameof(ServiceUnavailableError), 503, "The node that ran the function could not finish it.");
        foreach (var call in _running.Values)
        {
            Refuse(call.Caller, call.Request, error);
            Cancelled.Add(call);
        }

        _running.Clear();
        CompleteDrain();
    }

    // Each call has one result, and the caller waits for it: it is sent even if the window is full.
    private void SendResult(IActorRef caller, NodeFrame result)
    {
        WindowOf(caller.Path.Address).TakeAnyway(result.Size);
        Send(caller, result);
    }

    private void Fail(RequestId request, DispatchedCall call, Exception error)
    {
        _dispatched.Remove(request);
        call.Cancellation.Dispose();
        Failed.Add((call.Inbound, error));
    }

    private void CompleteDrain()
    {
        if (_running.Count == 0)
            _drained?.TrySetResult();
    }
}
