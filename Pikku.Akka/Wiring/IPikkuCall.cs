using Pikku.Akka.Sessions;

namespace Pikku.Akka;

/// <summary>The call that a <see cref="Wire"/> belongs to: a port, so that what users write against knows nothing of how calls run.</summary>
internal interface IPikkuCall
{
    IPikkuChannel Channel { get; }

    /// <summary>The session of the connection.</summary>
    SessionHolder Session { get; }

    ISessionStore SessionStore { get; }

    /// <summary>Sets the session of the connection; false when another message has ended one since <paramref name="epoch"/> was read.</summary>
    ValueTask<bool> TrySetSession(IPikkuSession session, int epoch) => new(Session.TrySet(session, epoch));

    /// <summary>Ends the session of the connection.</summary>
    /// <returns>What was there, and the epoch that begins.</returns>
    ValueTask<(IPikkuSession? Ended, int Epoch)> ClearSession() => new(Session.Clear());

    IEventHub EventHub { get; }

    /// <summary>The services of the call.</summary>
    IServiceProvider Services { get; }

    /// <summary>The value of the routing key; null where none names the action.</summary>
    string? ActionName { get; }

    /// <summary>Fires when the connection goes or the deadline of the call passes.</summary>
    CancellationToken Cancellation { get; }
}
