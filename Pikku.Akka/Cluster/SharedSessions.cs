using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The store of the application, and what follows from it on other connections: a session that is cleared ends wherever its user is.</summary>
internal sealed class SharedSessions(IPikkuSessionStore store, NodeRequestHandler requests, ClusterClient client, SessionSettings settings, PikkuLog log) : IPikkuSessionStore
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
            // Who logs out does not wait for a node that is silent: it is told as well, and does it when it is back.
            var ended = await EndAsync(userId, close: false, NodeWait.Responsive).WaitAsync(cancellationToken);
            if (Problem(ended) is { } problem)
                log.SessionsNotEnded(problem);
        }
        catch (Exception e) when (e is TimeoutException or EventHubException)
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
        var ended = await EndAsync(userId, close, NodeWait.All).WaitAsync(cancellationToken);
        if (Problem(ended) is { } problem)
            throw new TimeoutException(problem);
    }

    private static string? Problem(NodeAnswers ended) => ended.Missing.Count > 0
        ? $"{string.Join(", ", ended.Missing)} did not answer."
        : ended.Answers.FirstOrDefault(answer => answer.Error is not null)?.Text;

    private Task<NodeAnswers> EndAsync(string userId, bool close, NodeWait wait)
    {
        requests.EndSessions(userId, close);
        return client.RequestAllAsync(new NodeMessage.EndSessions(userId, close), wait);
    }
}
