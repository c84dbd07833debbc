using Akka.Actor;

namespace Pikku.Akka.Channels;

/// <summary>
/// Sends messages to a connection's actor, which is created after the connection. Messages that are sent before the actor exists wait here, in order.
/// </summary>
/// <remarks>
/// Thread-safe. A sender that finds an actor sends to it without a lock. A sender that finds none checks again under the lock. <see cref="Attach"/> forwards
/// the waiting messages and sets the actor under the same lock, so no message is lost and the messages of one sender stay in order.
/// </remarks>
internal sealed class ConnectionMailbox : ICanTell
{
    // One static lock is enough, because it is taken only while a connection opens, and only briefly.
    private static readonly Lock s_gate = new();

    private IActorRef? _actor;
    private Queue<(object Message, IActorRef? Sender)>? _early;

    /// <summary>True when the actor exists.</summary>
    public bool HasActor => Volatile.Read(ref _actor) is not null;

    public void Tell(object message) => Tell(message, ActorRefs.NoSender);

    public void Tell(object message, IActorRef? sender)
    {
        if (Volatile.Read(ref _actor) is { } actor)
            actor.Tell(message, sender);
        else
            TellEarly(message, sender);
    }

    /// <summary>Sets the actor and forwards all messages that were sent so far.</summary>
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
