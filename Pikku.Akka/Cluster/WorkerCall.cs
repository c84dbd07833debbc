using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Cluster;

/// <summary>A call of a connection of another node that runs on this node. Operations of the function on its connection are sent back to that node.</summary>
internal sealed class WorkerCall : Invocation, IPikkuCall, INoSerializationVerificationNeeded
{
    // The calls of other nodes have no connection here, so they share it.
    private static readonly AmbientContext s_unrecorded = NewUnrecorded();

    private readonly ConcurrentDictionary<int, TaskCompletionSource<bool>> _sessionChanges = new();
    private readonly ChannelEndpoint _endpoint;
    private readonly NodeMessage.Call _call;
    private readonly NodeEncoder _encoder;
    private readonly IActorRef _calls;
    private readonly NodeWindow _window;
    private readonly TimeSpan _timeout;
    private object? _openingData;
    private WorkerStream? _stream;
    private int _changes;
    private volatile bool _isLeaving;

    /// <param name="call">The call.</param>
    /// <param name="caller">The <see cref="CallsActor"/> of the other node.</param>
    /// <param name="calls">The <see cref="CallsActor"/> of this node.</param>
    /// <param name="endpoint">The channel that the function is wired to.</param>
    /// <param name="action">The function and its route in the channel.</param>
    /// <param name="encoder">Encodes the messages to the other node.</param>
    /// <param name="window">Limits the bytes in transit to the other node.</param>
    /// <param name="timeout">The timeout for answers of the other node.</param>
    public WorkerCall(
        NodeMessage.Call call, IActorRef caller, IActorRef calls, ChannelEndpoint endpoint, BoundAction action, NodeEncoder encoder,
        NodeWindow window, TimeSpan timeout)
    {
        _endpoint = endpoint;
        _call = call;
        _encoder = encoder;
        _calls = calls;
        _window = window;
        _timeout = timeout;
        Request = call.Request;
        Caller = caller;
        Action = action;
        Data = call.Data;
        Session = new SessionHolder(endpoint.Clock, call.Token);
        Channel = new RemoteChannel(call.ChannelId, endpoint, () => _openingData, TrySend, SendAsync, () => Cancellation);
    }

    public RequestId Request { get; }

    public IActorRef Caller { get; }

    public override object? OpeningData => _openingData;

    public override IPikkuChannel Channel { get; }

    // The span on the node of the connection. If it is not recorded, the listeners of this node decide about a trace of its own.
    public override ActivityContext SpanParent => _call.Trace?.Remote ?? default;

    public override bool IsSpanOffered => IsOffered(_endpoint.Settings.Trace);

    public override SessionHolder Session { get; }

    public override IPikkuSessionStore SessionStore => _endpoint.Sessions;

    public override IEventHub EventHub => _endpoint.Hub;

    /// <summary>Reads the session and the opening data of the call, which have types of the application, and starts the function.</summary>
    public void Start()
    {
        BeginSpan();
        try
        {
            if (_call.Session is { } text)
            {
                // If the session can't be read, the call fails. Without its session it would run as the call of a guest.
                var session = SessionText.Parse(text, _endpoint.Json) ?? throw new InvalidOperationException(
                    "The session of a call from another node can't be read. Run the same version of the application on all nodes.");
                Session.TrySet(session, Session.Epoch);
                if (_call.Fence is { } fence && session.UserId is { } user)
                    Session.Adopt(user, fence, Session.Epoch);
            }

            if (_call.OpeningData is { } json && _endpoint.Definition.OpeningData is { } type)
                _openingData = JsonSerializer.Deserialize(json, type, _endpoint.Json);
        }
        catch (Exception e)
        {
            Fail(e);
            Complete(isReadyForNext: false);
            return;
        }

        Action.LocalActor.Tell(this, ActorRefs.NoSender);
    }

    ValueTask<bool> IPikkuCall.TrySetSessionAsync(IPikkuSession session, int epoch)
    {
        // The change is encoded first: a session that can't be serialized or is too large changes nothing, on this node either.
        var change = NewChange(SessionText.Of(session, _endpoint.Json));
        return Session.TrySet(session, epoch) ? new(ChangeSessionAsync(change)) : new(false);
    }

    async ValueTask<(IPikkuSession? Ended, int Epoch)> IPikkuCall.ClearSessionAsync()
    {
        var cleared = Session.Clear();
        await ChangeSessionAsync(NewChange(null));
        return cleared;
    }

    /// <summary>Handles the answer of the other node to a change of the session.</summary>
    public void SessionChanged(NodeMessage.SessionChanged changed)
    {
        if (!_sessionChanges.TryRemove(changed.Number, out var waiting))
            return; // the wait for the answer has timed out
        if (changed.Error is { } error)
            waiting.TrySetException(new InvalidOperationException(error));
        else
            waiting.TrySetResult(changed.Done);
    }

    public override IItemSink OpenStream()
    {
        var stream = new WorkerStream(this, _endpoint.Json, item => SendAsync(item, CancellationToken.None));
        Volatile.Write(ref _stream, stream);
        return stream;
    }

    /// <summary>The other node has added items of the stream to the outbox of the connection.</summary>
    public void ItemsTaken(int items) => Volatile.Read(ref _stream)?.Taken(items);

    /// <summary>Lets a stream end with an error because this node leaves. The caller cancels it.</summary>
    /// <returns>False when the call is no stream.</returns>
    public bool TryLeave() => _isLeaving = Action.IsStream;

    public override Invocation? Complete(bool isReadyForNext)
    {
        // A function may end without an exception when it is cancelled. Its client must not take the stream for complete.
        if (_isLeaving)
            Fail(new ServiceUnavailableError("The node that ran the stream shuts down."));
        NodeFrame returned;
        try
        {
            returned = _encoder.Encode(Error is { } error ? Failed(error) : Succeeded());
        }
        catch (Exception e)
        {
            returned = _encoder.Encode(Failed(e));
        }

        EndSpan();
        _calls.Tell(new CallProtocol.Finished(this, returned with { Request = Request }), ActorRefs.NoSender);
        _ = DisposeAsync();
        return null;
    }

    protected override AmbientContext ConnectionContext => _endpoint.Settings.Trace.Ratio >= 1 ? AmbientContext.None : s_unrecorded;

    protected override InvocationServices NewServices() => _endpoint.NewCallServices();

    protected override void CancellationFailed(Exception error) => _endpoint.LogCallbackFailure(Channel.Id, error);

    private NodeMessage.Returned Succeeded()
    {
        if (!HasResult)
            return new NodeMessage.Returned(false, false, [], null);
        return BinaryValue.TryGet(Result, out var bytes)
            ? new NodeMessage.Returned(true, true, bytes.ToArray(), null)
            : new NodeMessage.Returned(true, false, JsonSerializer.SerializeToUtf8Bytes(Result, Action.Runner.Output!), null);
    }

    private NodeMessage.Returned Failed(Exception error)
    {
        var info = _endpoint.DescribeFailure(Action.Label, Channel.Id, error);
        NoteError(error, info);
        return new NodeMessage.Returned(false, false, [], JsonSerializer.Serialize(info));
    }

    private (int Number, NodeFrame Message) NewChange(string? session)
    {
        var number = Interlocked.Increment(ref _changes);
        return (number, _encoder.Encode(new NodeMessage.ChangeSession(number, session)));
    }

    private async Task<bool> ChangeSessionAsync((int Number, NodeFrame Message) change)
    {
        var waiting = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _sessionChanges[change.Number] = waiting;
        try
        {
            await _window.TakeAsync(change.Message.Size, Cancellation, CancellationToken.None);
            ToCaller(change.Message);
            return await waiting.Task.WaitOrAbandonAsync(_timeout, _endpoint.Clock);
        }
        catch (TimeoutException e)
        {
            throw new ServiceUnavailableError($"The node of the connection did not answer within pikku.cluster.request-timeout = {_timeout}.", e);
        }
        finally
        {
            _sessionChanges.TryRemove(change.Number, out _);
        }
    }

    // Messages are sent in the order of the function and before its result, because both pass through the actor.
    private bool TrySend(NodeMessage message)
    {
        var frame = _encoder.Encode(message);
        // A close is sent once. It also has to end a connection whose node has no room in its window.
        if (message is NodeMessage.CloseChannel)
            _window.TakeAnyway(frame.Size);
        else if (!_window.TryTake(frame.Size))
            return false;
        ToCaller(frame);
        return true;
    }

    private ValueTask SendAsync(NodeMessage message, CancellationToken cancellationToken)
    {
        var frame = _encoder.Encode(message);
        var room = _window.TakeAsync(frame.Size, Cancellation, cancellationToken);
        if (!room.IsCompletedSuccessfully)
            return SendAfterAsync(room, frame);
        ToCaller(frame);
        return default;
    }

    private async ValueTask SendAfterAsync(ValueTask room, NodeFrame frame)
    {
        await room;
        ToCaller(frame);
    }

    private void ToCaller(NodeFrame message) => _calls.Tell(new CallProtocol.ToCaller(this, message with { Request = Request }), ActorRefs.NoSender);

    private async Task DisposeAsync()
    {
        try
        {
            if (CloseServices() is { } services)
                await DisposeAsync(services);
        }
        catch (Exception e)
        {
            _endpoint.LogServicesNotDisposed(Action.Label, Channel.Id, e);
        }
    }

    private static AmbientContext NewUnrecorded()
    {
        using var framework = AmbientContext.Leave();
        return AmbientContext.Capture(UnrecordedActivity.Create());
    }
}
