using System.Security.Claims;
using Pikku.Akka.Sessions;

namespace Pikku.Akka;

/// <summary>The call behind a <see cref="PikkuContext"/>: an interface, so that the public API does not depend on how calls run.</summary>
internal interface IPikkuCall
{
    IPikkuChannel Channel { get; }

    /// <summary>The session of the connection.</summary>
    SessionHolder Session { get; }

    IPikkuSessionStore SessionStore { get; }

    /// <summary>The principal that was authenticated at the upgrade; null for none, and where the channel does not need it.</summary>
    ClaimsPrincipal? User => null;

    /// <summary>Sets the session of the connection; false when another message has ended a session since <paramref name="epoch"/> was read.</summary>
    ValueTask<bool> TrySetSessionAsync(IPikkuSession session, int epoch) => new(Session.TrySet(session, epoch));

    /// <summary>Ends the session of the connection.</summary>
    /// <returns>The session that ended, and the new epoch.</returns>
    ValueTask<(IPikkuSession? Ended, int Epoch)> ClearSessionAsync() => new(Session.Clear());

    IEventHub EventHub { get; }

    /// <summary>The services of the call.</summary>
    IServiceProvider Services { get; }

    /// <summary>The value of the routing key; null when the message has no routing key.</summary>
    string? ActionName { get; }

    /// <summary>Canceled when the connection ends or the deadline of the call passes.</summary>
    CancellationToken Cancellation { get; }
}
