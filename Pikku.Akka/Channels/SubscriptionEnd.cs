using Pikku.Akka.EventHub;

namespace Pikku.Akka.Channels;

/// <summary>Ends a subscription of a client because the server no longer allows it, and tells the client, in a turn of the lane of its topic.</summary>
/// <param name="connection">The connection.</param>
/// <param name="subscription">The subscription. One that the client has made again since then continues, because its permissions were asked later.</param>
/// <param name="error">The reason.</param>
internal sealed class SubscriptionEnd(Connection connection, ClientSubscription subscription, Exception error) : IClientEnd
{
    public string Topic => subscription.Name;

    public IEventSubscriber Subscriber => connection;

    public bool TryCommit()
    {
        if (!connection.GetAuthorization().Replace(subscription, null))
            return false;
        connection.PostSubscriptionEnded(subscription, error);
        connection.LeavePresence(subscription);
        return true;
    }
}
