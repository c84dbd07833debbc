using System.Security.Claims;
using Pikku.Akka.Functions;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Channels;

/// <summary>
/// The permissions of a whole channel (U1). They are asked at the upgrade, where there is a session by then, before every action, and again whenever the access of a
/// connection may have changed.
/// </summary>
/// <param name="permissions">The permissions. All of them must allow the connection.</param>
/// <param name="lifetime">How long a connection keeps a yes; zero when every action asks.</param>
internal sealed class EndpointPermission(BoundPermission[] permissions, TimeSpan lifetime)
{
    /// <summary>The permissions, for the check of each action.</summary>
    public BoundPermission[] Permissions => permissions;

    /// <summary>True when connections keep a yes.</summary>
    public bool IsKept => lifetime > TimeSpan.Zero;

    /// <summary>
    /// Asks the permissions again about a connection, whatever it has kept. The caller decides what a no means; an open connection is closed with 4403. An
    /// exception of a permission is thrown.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">Cancels the code of the permissions.</param>
    public async ValueTask<bool> EvaluateAsync(Connection connection, CancellationToken cancellationToken)
    {
        // The session is read first: a yes for it does not count for a session that replaces it meanwhile.
        var session = connection.Session.Current;
        connection.Allowed = null;
        await using var services = connection.Endpoint.NewCallServices();
        var question = new Question(
            connection, connection.Session, connection.Endpoint.Sessions, connection.Endpoint.Hub, services, connection.User, cancellationToken);
        ValueTask<bool> asking;
        using (connection.Ambient.Enter())
            asking = AllowsAsync(question, connection.OpeningDataOrNull);
        if (!await asking.ConfigureAwait(false))
            return false;
        Keep(connection, session);
        return true;
    }

    /// <summary>Asks the permissions at the upgrade, before there is a connection.</summary>
    /// <param name="question">What the permissions can use.</param>
    /// <param name="opening">The opening data.</param>
    public async ValueTask<bool> AllowsAsync(Question question, object? opening)
    {
        var call = new PermissionCall(new PikkuContext(question), null, opening, null, null);
        foreach (var permission in permissions)
            if (!await permission.AllowsAsync(call).ConfigureAwait(false))
                return false;
        return true;
    }

    /// <summary>Lets a connection keep a yes for its session.</summary>
    public void Keep(Connection connection, IPikkuSession? session)
    {
        if (IsKept)
            connection.Allowed = new KeptAnswer(session, connection.Endpoint.Clock.GetTimestamp());
    }

    /// <summary>True when the connection has kept a yes for its current session.</summary>
    public bool HasKept(Connection connection) =>
        connection.Allowed is { } kept && ReferenceEquals(kept.Session, connection.Session.Current)
        && connection.Endpoint.Clock.GetElapsedTime(kept.Since) < lifetime;

    /// <summary>A question that no message of a client asks.</summary>
    public sealed record Question(
        IPikkuChannel Channel, SessionHolder Session, IPikkuSessionStore SessionStore, IEventHub EventHub, IServiceProvider Services, ClaimsPrincipal? User,
        CancellationToken Cancellation) : IPikkuCall
    {
        public string? ActionName => null;
    }
}

/// <summary>A yes of the permissions of a channel.</summary>
/// <param name="Session">The session for which it was given; null for none.</param>
/// <param name="Since">When it was given, as a timestamp of the clock.</param>
internal sealed record KeptAnswer(IPikkuSession? Session, long Since);
