using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Operations on the connections of a user on all nodes.</summary>
internal sealed class ClusterUsers(
    ActorEventHub hub, SharedSessions sessions, SessionSettings settings, MessageReceivers receivers, HubClient client, NodeRequestHandler requests) : IPikkuUsers
{
    public ValueTask SendAsync<T>(string userId, T message)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return hub.SendToUserAsync(userId, message, receivers.OfUser(typeof(T)));
    }

    public async ValueTask RevokeAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        await client.StartedAsync().WaitAsync(cancellationToken); // before the start no other node is known, so the request would reach none
        await sessions.RevokeAsync(userId, settings.OnRevoke == SessionExpiry.Close, cancellationToken);
    }

    public async ValueTask RefreshAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        await requests.RefreshAsync(userId).WaitAsync(cancellationToken);
    }
}
