using Akka.Actor;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Cluster;

/// <summary>A call of a connection of this node that runs on another one. Not thread-safe: the actor owns it.</summary>
/// <param name="inbound">The message that waits for it.</param>
/// <param name="worker">Who runs it.</param>
/// <param name="epoch">The epoch of the session that the call began with.</param>
internal sealed class DispatchedCall(InboundMessage inbound, IActorRef worker, int epoch)
{
    private int _epoch = epoch;
    private Task _work = Task.CompletedTask;

    public InboundMessage Inbound { get; } = inbound;

    public IActorRef Worker { get; } = worker;

    /// <summary>Ends what tells the worker to stop.</summary>
    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>When nobody waited for it any more; null while somebody does.</summary>
    public long? CancelledAt { get; set; }

    /// <summary>
    /// Does something for this call that runs code of the application, beside the actor and behind what it did before: a session that the function has set
    /// is there when its reply is sent. What it does must not throw.
    /// </summary>
    public void Then(Action work) =>
        _work = _work.ContinueWith(_ => work(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Sets the session of the connection, or ends it with null, unless another message was first.</summary>
    public bool ChangeSession(IPikkuSession? session)
    {
        if (session is not null)
            return Inbound.Session.TrySet(session, _epoch);
        (_, _epoch) = Inbound.Session.Clear();
        return true;
    }
}
