namespace Pikku.Akka;

/// <summary>Stores the session that an action set for a user until the user's next connection. Called from any thread.</summary>
public interface IPikkuSessionStore
{
    /// <summary>The stored session of a user; null when there is none.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Fires when the connection has gone or the deadline has passed.</param>
    ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Stores the session of a user and replaces the previous one.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Fires when the connection has gone or the deadline has passed.</param>
    ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken);

    /// <summary>Removes the session of a user; does nothing when there is none.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Fires when the connection has gone or the deadline has passed.</param>
    ValueTask ClearAsync(string userId, CancellationToken cancellationToken);
}
