namespace Pikku.Akka.Sessions;

/// <summary>
/// A store that notices when a session to be stored was computed from one that was cleared meanwhile, on any node. The methods of <see cref="IPikkuSessionStore"/>
/// know nothing of connections: a session that is set by them counts as that of a new login.
/// </summary>
internal interface IFencedSessionStore : IPikkuSessionStore
{
    /// <summary>Returns the stored session, null when there is none, together with the fence of a connection that begins with it.</summary>
    ValueTask<(IPikkuSession? Session, SessionFence Fence)> OpenAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Returns the fence of a login of now.</summary>
    ValueTask<SessionFence> FenceOfAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Stores a session.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="session">The session.</param>
    /// <param name="fence">The fence of the login from which the session comes.</param>
    /// <param name="cancellationToken">Fires when the connection has gone or the deadline has passed.</param>
    /// <exception cref="InvalidSessionError">The session was cleared after the login.</exception>
    ValueTask SetAsync(string userId, IPikkuSession session, SessionFence fence, CancellationToken cancellationToken);

    /// <summary>Removes the session of a user.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="endsLogins">True when all logins of the user end, so that none of them may store a session any more.</param>
    /// <param name="cancellationToken">Fires when the connection has gone or the deadline has passed.</param>
    ValueTask ClearAsync(string userId, bool endsLogins, CancellationToken cancellationToken);
}
