namespace Pikku.Akka.EventHub;

/// <summary>Subscribes connections of other nodes: a port of the hub.</summary>
internal interface IRemoteSubscriptions
{
    /// <summary>True when the connection is, or was, one of another node.</summary>
    bool IsElsewhere(string channelId);

    /// <summary>Subscribes a connection of another node, or ends that.</summary>
    /// <exception cref="EventHubException">The other node refused, or did not answer in time.</exception>
    ValueTask ChangeAsync(string topic, string channelId, bool subscribe);
}
