using Pikku.Akka.Sessions;

namespace Pikku.Akka;

/// <summary>The call that a <see cref="Wire"/> belongs to: a port, so that what users write against knows nothing of how calls run.</summary>
internal interface IPikkuCall
{
    IPikkuChannel Channel { get; }

    /// <summary>The session of the connection.</summary>
    SessionHolder Session { get; }

    ISessionStore SessionStore { get; }

    IEventHub EventHub { get; }

    /// <summary>The services of the call.</summary>
    IServiceProvider Services { get; }

    /// <summary>The value of the routing key; null where none names the action.</summary>
    string? ActionName { get; }

    /// <summary>Fires when the connection goes or the deadline of the call passes.</summary>
    CancellationToken Cancellation { get; }
}
