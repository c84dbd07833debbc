namespace Pikku.Akka;

/// <summary>Keeps what an action stored for a user until that user's next connection. Called from any thread.</summary>
public interface ISessionStore
{
    /// <summary>The stored session of a user; null when there is none.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Fires when the connection has gone or the deadline has passed.</param>
    ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken);

    /// <summary>Stores the session of a user in place of the one that is there.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Fires when the connection has gone or the deadline has passed.</param>
    ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken);

    /// <summary>Removes the session of a user; nothing happens when there is none.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cancellationToken">Fires when the connection has gone or the deadline has passed.</param>
    ValueTask ClearAsync(string userId, CancellationToken cancellationToken);
}
