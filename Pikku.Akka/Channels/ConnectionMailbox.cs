using Akka.Actor;

namespace Pikku.Akka.Channels;

/// <summary>
/// The way to a connection's actor, which is made after the connection. What is told before there is an actor waits here, in order.
/// </summary>
/// <remarks>
/// Safe from any thread. Who finds an actor tells it without a lock. Who finds none looks again under the lock under which the actor is
/// set, behind everything that waited: so nothing is lost, and nothing overtakes what one sender told before.
/// </remarks>
internal sealed class ConnectionMailbox : ICanTell
{
    // One for all: it is taken only while a connection opens, and for a moment.
    private static readonly Lock s_gate = new();

    private IActorRef? _actor;
    private Queue<(object Message, IActorRef? Sender)>? _early;

    public void Tell(object message) => Tell(message, ActorRefs.NoSender);

    public void Tell(object message, IActorRef? sender)
    {
        if (Volatile.Read(ref _actor) is { } actor)
            actor.Tell(message, sender);
        else
            TellEarly(message, sender);
    }

    /// <summary>Names the actor, and gives it what has been told so far.</summary>
    public void Attach(IActorRef actor)
    {
        lock (s_gate)
        {
            while (_early is { Count: > 0 } early)
            {
                var (message, sender) = early.Dequeue();
                actor.Tell(message, sender);
            }

            _early = null;
            Volatile.Write(ref _actor, actor);
        }
    }

    private void TellEarly(object message, IActorRef? sender)
    {
        lock (s_gate)
        {
            if (_actor is { } actor)
                actor.Tell(message, sender);
            else
                (_early ??= new()).Enqueue((message, sender));
        }
    }
}
