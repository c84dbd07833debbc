namespace Pikku.Akka.Inspection;

/// <summary>The session store for permissions whose decision is explained: it can be read.</summary>
internal sealed class UnchangedSessions(IPikkuSessionStore store) : IPikkuSessionStore
{
    public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken) => store.GetAsync(userId, cancellationToken);

    public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken) => throw ExplainedChannel.Unchanged();

    public ValueTask ClearAsync(string userId, CancellationToken cancellationToken) => throw ExplainedChannel.Unchanged();
}
