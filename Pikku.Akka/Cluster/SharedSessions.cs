using Pikku.Akka.Diagnostics;
using Pikku.Akka.Sessions;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The session store of the application, extended by the effects on other connections: clearing a session ends it on all connections of the user on all nodes.</summary>
internal sealed class SharedSessions(IPikkuSessionStore store, NodeRequestHandler requests, ClusterClient client, SessionSettings settings, PikkuLog log,
    BackgroundTasks background) : IFencedSessionStore
{
    private const string Ending = "Ending the sessions of a user on other nodes";

    public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken) => store.GetAsync(userId, cancellationToken);

    public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken) =>
        store.SetAsync(userId, session, cancellationToken);

    public async ValueTask<(IPikkuSession? Session, SessionFence Fence)> OpenAsync(string userId, CancellationToken cancellationToken) =>
        store is IFencedSessionStore fenced
            ? await fenced.OpenAsync(userId, cancellationToken)
            : (await store.GetAsync(userId, cancellationToken), SessionFence.None);

    public ValueTask<SessionFence> FenceOfAsync(string userId, CancellationToken cancellationToken) =>
        store is IFencedSessionStore fenced ? fenced.FenceOfAsync(userId, cancellationToken) : new(SessionFence.None);

    public ValueTask SetAsync(string userId, IPikkuSession session, SessionFence fence, CancellationToken cancellationToken) =>
        store is IFencedSessionStore fenced
            ? fenced.SetAsync(userId, session, fence, cancellationToken)
            : store.SetAsync(userId, session, cancellationToken);

    public ValueTask ClearAsync(string userId, bool endsLogins, CancellationToken cancellationToken) =>
        store is IFencedSessionStore fenced ? fenced.ClearAsync(userId, endsLogins, cancellationToken) : store.ClearAsync(userId, cancellationToken);

    public async ValueTask ClearAsync(string userId, CancellationToken cancellationToken)
    {
        var endsLogins = settings.OnClear == SessionClearing.User;
        try
        {
            await ClearAsync(userId, endsLogins, cancellationToken);
        }
        finally
        {
            // A store that fails must not keep the user logged in on other connections.
            if (endsLogins)
                await EndAsync(userId, cancellationToken);
        }
    }

    /// <summary>Removes the stored session, and ends the sessions of the user on all nodes.</summary>
    /// <exception cref="TimeoutException">A node did not answer in time.</exception>
    public async ValueTask RevokeAsync(string userId, bool close, CancellationToken cancellationToken)
    {
        NodeAnswers ended;
        try
        {
            await ClearAsync(userId, endsLogins: true, cancellationToken);
        }
        finally
        {
            ended = await background.WaitAsync(EndAsync(userId, close, NodeWait.All), Ending, cancellationToken);
        }

        if (ended.Problem is { } problem)
            throw new TimeoutException(problem);
    }

    private async Task EndAsync(string userId, CancellationToken cancellationToken)
    {
        try
        {
            // A logout does not wait for silent nodes. They receive the request as well, and carry it out when they respond again.
            var ended = await background.WaitAsync(EndAsync(userId, close: false, NodeWait.Responsive), Ending, cancellationToken);
            if (ended.Problem is { } problem)
                log.SessionsNotEnded(problem);
        }
        catch (Exception e) when (e is TimeoutException or EventHubException)
        {
            // The user is logged out on this node, so the logout must not fail.
            log.SessionsNotEnded(e.Message);
        }
    }

    private Task<NodeAnswers> EndAsync(string userId, bool close, NodeWait wait)
    {
        requests.EndSessions(userId, close);
        return client.RequestAllAsync(new NodeMessage.EndSessions(userId, close), wait);
    }
}
