using Akka.Actor;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Nodes;

/// <summary>A call of a connection of this node that runs on another one. Not thread-safe: the actor owns it.</summary>
/// <param name="exchange">What waits for it.</param>
/// <param name="worker">Who runs it.</param>
/// <param name="cancellation">Ends what tells the worker to stop.</param>
internal sealed class DispatchedCall(Exchange exchange, IActorRef worker, CancellationTokenRegistration cancellation)
{
    private int _epoch = exchange.Session.Epoch;

    public Exchange Exchange { get; } = exchange;

    public IActorRef Worker { get; } = worker;

    /// <summary>Sets the session of the connection, or ends it with null, unless another message was first.</summary>
    public bool ChangeSession(IPikkuSession? session)
    {
        if (session is not null)
            return Exchange.Session.TrySet(session, _epoch);
        (_, _epoch) = Exchange.Session.Clear();
        return true;
    }

    public void Forget() => cancellation.Dispose();
}
