using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Nodes;

/// <summary>The store of the application, and what follows from it on other connections: a session that is cleared ends wherever its user is.</summary>
internal sealed class SharedSessions(ISessionStore store, NodeDuties duties, NodeLink link, SessionSettings settings, PikkuLog log) : ISessionStore
{
    public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken) => store.GetAsync(userId, cancellationToken);

    public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken) =>
        store.SetAsync(userId, session, cancellationToken);

    public async ValueTask ClearAsync(string userId, CancellationToken cancellationToken)
    {
        await store.ClearAsync(userId, cancellationToken);
        if (settings.OnClear == SessionClearing.Connection)
            return;
        try
        {
            await EndAsync(userId, close: false).WaitAsync(cancellationToken);
        }
        catch (TimeoutException e)
        {
            // Who logs out is logged out here, and must not be told that he is not.
            log.SessionsNotEnded(e.Message);
        }
    }

    /// <summary>Removes the stored session, and ends those of all connections on all nodes.</summary>
    /// <exception cref="TimeoutException">A node did not answer in time.</exception>
    public async ValueTask RevokeAsync(string userId, bool close, CancellationToken cancellationToken)
    {
        await store.ClearAsync(userId, cancellationToken);
        await EndAsync(userId, close).WaitAsync(cancellationToken);
    }

    private Task<IReadOnlyList<NodeMessage.Answer>> EndAsync(string userId, bool close)
    {
        duties.EndSessions(userId, close);
        return link.AskAllAsync(new NodeMessage.EndSessions(userId, close));
    }
}
