using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Nodes;

/// <summary>The connections of a user, here and elsewhere.</summary>
internal sealed class ClusterUsers(ActorEventHub hub, SharedSessions sessions, SessionSettings settings, HubGate gate) : IPikkuUsers
{
    public ValueTask Send<T>(string userId, T message)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return hub.SendToUser(userId, message);
    }

    public async ValueTask Revoke(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        await gate.StartedAsync().WaitAsync(cancellationToken); // before it no other node is known, and none would be asked
        await sessions.RevokeAsync(userId, settings.OnRevoke == SessionExpiry.Close, cancellationToken);
    }
}
