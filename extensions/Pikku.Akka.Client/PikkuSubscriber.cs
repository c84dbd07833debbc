namespace Pikku.Akka.Clients;

/// <summary>
/// Somebody who receives the events of a topic. The methods are called one after another, without a lock; what happens to the subscription is told by the
/// task that reads the socket, so in the order of the messages.
/// </summary>
internal abstract class PikkuSubscriber
{
    /// <summary>True if this subscriber needs the state of the topic before its first event.</summary>
    public virtual bool NeedsState => false;

    /// <summary>True if this subscriber receives events. The lock of <see cref="PikkuSubscriptions"/> protects the writing.</summary>
    public bool IsStarted { get; set; }

    /// <summary>The position at which the state was loaded. Events that it covers are not delivered, because they are contained in the state.</summary>
    public PikkuPosition? LoadedAt { get; set; }

    public abstract void Receive(PikkuItem item);

    /// <summary>The subscription is in force. Called for each connection, and after a loss.</summary>
    public virtual void Start()
    {
    }

    /// <summary>Events were lost. Not called for subscribers that need the state, because they receive it instead.</summary>
    public virtual void Lose(PikkuEventsLostException loss)
    {
    }

    /// <summary>The connection was lost or the route has closed.</summary>
    /// <param name="error">The reason.</param>
    /// <param name="canResume">True if the client will reconnect and then either misses nothing or says what it missed.</param>
    public virtual void Interrupt(Exception error, bool canResume)
    {
    }

    /// <summary>The server has refused the subscription, and the subscriber was removed.</summary>
    public abstract void Deny(PikkuException error);

    /// <summary>The server has ended the subscription, and the subscriber was removed.</summary>
    public abstract void End(PikkuException error);

    /// <summary>The state could not be loaded or applied.</summary>
    public virtual void Fail(Exception error)
    {
    }
}
