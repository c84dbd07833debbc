namespace Pikku.Akka.EventHub;

/// <summary>Changes subscriptions of connections of other nodes. A port of the hub.</summary>
internal interface IRemoteSubscriptions
{
    /// <summary>True when the id of the connection belongs to another node, even if the connection has ended.</summary>
    bool IsElsewhere(string channelId);

    /// <summary>Subscribes a connection of another node to a topic, or unsubscribes it.</summary>
    /// <exception cref="EventHubException">The other node refused the change, or did not answer in time.</exception>
    ValueTask ChangeAsync(string topic, string channelId, bool subscribe);
}
