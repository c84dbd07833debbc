using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Cluster;

/// <summary>A call of a connection of this node that runs on another node. Not thread-safe: the actor owns it.</summary>
/// <param name="inbound">The message of the client that waits for the result.</param>
/// <param name="worker">The actor of the node that runs the call.</param>
/// <param name="epoch">The epoch of the session at the beginning of the call.</param>
internal sealed class DispatchedCall(InboundMessage inbound, IActorRef worker, int epoch)
{
    private int _epoch = epoch;
    private Task _work = Task.CompletedTask;

    public InboundMessage Inbound { get; } = inbound;

    public IActorRef Worker { get; } = worker;

    /// <summary>The registration that forwards a cancellation to the worker.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>The time at which the call was cancelled, in milliseconds; null when it was not cancelled.</summary>
    public long? CancelledAt { get; set; }

    /// <summary>Sends the items of the stream; null before the first one.</summary>
    public IItemSink? Items { get; set; }

    /// <summary>The exception that ended the stream on this node; null for none. Only the work of the call uses it.</summary>
    public Exception? StreamError { get; set; }

    /// <summary>Runs asynchronous work like <see cref="Then"/>.</summary>
    public void ThenAsync(Func<Task> work) =>
        _work = _work.ContinueWith(_ => work(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();

    /// <summary>
    /// Runs work of this call that includes code of the application, on the thread pool and after the previous work of the call: a session that the function
    /// has set is set before its reply is sent. The work must not throw.
    /// </summary>
    public void Then(Action work) =>
        _work = _work.ContinueWith(_ => work(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Sets the session of the connection, or ends it (null), unless another message has changed the session since the call began.</summary>
    public bool ChangeSession(IPikkuSession? session)
    {
        if (session is not null)
        {
            var isSet = Inbound.Session.TrySet(session, _epoch);
            if (isSet && session.UserId is { } user && Inbound.SessionStore is IFencedSessionStore store)
                Adopt(user, store.FenceOfAsync(user, CancellationToken.None).AsTask());
            return isSet;
        }

        (_, _epoch) = Inbound.Session.Clear();
        return true;
    }

    // The other node stores the session. A later call that changes it counts as part of the same login. A store that has to ask a server is asked again by that call.
    private void Adopt(string user, Task<SessionFence> fence)
    {
        if (fence.IsCompletedSuccessfully)
            Inbound.Session.Adopt(user, fence.Result, _epoch);
        else
            fence.IgnoreFailure();
    }
}
