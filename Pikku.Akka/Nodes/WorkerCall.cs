using System.Collections.Concurrent;
using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Nodes;

/// <summary>A call of another node's connection that runs here. What the function does to its connection goes back there.</summary>
internal sealed class WorkerCall : Invocation, IPikkuCall
{
    private readonly ConcurrentQueue<TaskCompletionSource<bool>> _sessionChanges = new();
    private readonly ChannelRuntime _runtime;
    private readonly IActorRef _calls;
    private readonly TimeSpan _timeout;

    /// <param name="call">What is to be run.</param>
    /// <param name="caller">The actor of calls of the other node.</param>
    /// <param name="calls">The actor of calls of this node.</param>
    /// <param name="runtime">The channel that the function is wired to.</param>
    /// <param name="action">The function there.</param>
    /// <param name="timeout">How long the other node may take to answer.</param>
    public WorkerCall(NodeMessage.Call call, IActorRef caller, IActorRef calls, ChannelRuntime runtime, BoundAction action, TimeSpan timeout)
    {
        _runtime = runtime;
        _calls = calls;
        _timeout = timeout;
        Number = call.Request;
        Caller = caller;
        Action = action;
        Data = call.Data;
        Session = new SessionHolder(runtime.Clock);
        if (call.Session is { } text && SessionText.Parse(text, runtime.Json) is { } session)
            Session.TrySet(session, Session.Epoch);
        OpeningData = call.OpeningData is { } json && runtime.Definition.OpeningData is { } type ? JsonSerializer.Deserialize(json, type, runtime.Json) : null;
        Channel = new RemoteChannel(call.ChannelId, runtime, OpeningData, Tell, () => Cancellation);
    }

    public long Number { get; }

    public IActorRef Caller { get; }

    public override object? OpeningData { get; }

    public override IPikkuChannel Channel { get; }

    public override SessionHolder Session { get; }

    public override ISessionStore SessionStore => _runtime.Sessions;

    public override IEventHub EventHub => _runtime.Hub;

    ValueTask<bool> IPikkuCall.TrySetSession(IPikkuSession session, int epoch) =>
        Session.TrySet(session, epoch) ? new(ChangeSession(SessionText.Of(session, _runtime.Json))) : new(false);

    async ValueTask<(IPikkuSession? Ended, int Epoch)> IPikkuCall.ClearSession()
    {
        var cleared = Session.Clear();
        await ChangeSession(null);
        return cleared;
    }

    /// <summary>The other node has changed the session, or could not.</summary>
    public void SessionChanged(bool done)
    {
        if (_sessionChanges.TryDequeue(out var waiting))
            waiting.TrySetResult(done);
    }

    public override void Finished()
    {
        NodeMessage.Returned returned;
        try
        {
            returned = Error is { } error ? Failed(error) : Succeeded();
        }
        catch (Exception e)
        {
            returned = Failed(e);
        }

        _calls.Tell(new CallProtocol.Finished(this, returned with { Request = Number }), ActorRefs.NoSender);
        _ = DisposeAsync();
    }

    protected override InvocationServices NewServices() => new(_runtime.Scopes);

    protected override void CancellationFailed(Exception error) => _runtime.Log.CancellationFailed(_runtime.Definition.Name, Channel.Id, error);

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
        var info = _runtime.Errors.For(error);
        if (info.ErrorId is { } id)
            _runtime.Log.Failed(Action.Label, Channel.Id, id, error);
        return new NodeMessage.Returned(false, false, [], JsonSerializer.Serialize(info));
    }

    private Task<bool> ChangeSession(string? session)
    {
        var waiting = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _sessionChanges.Enqueue(waiting);
        Tell(new NodeMessage.ChangeSession(session));
        return waiting.Task.WaitAsync(_timeout);
    }

    private void Tell(NodeMessage message) => _calls.Tell(new CallProtocol.ToCaller(this, message with { Request = Number }), ActorRefs.NoSender);

    private async Task DisposeAsync()
    {
        try
        {
            if (CloseServices() is { } services)
                await DisposeAsync(services);
        }
        catch (Exception e)
        {
            _runtime.Log.ServicesNotDisposed(Action.Label, Channel.Id, e);
        }
    }
}
