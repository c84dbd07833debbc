namespace Pikku.Akka.EventHub;

/// <summary>The event hub as the connections of this node use it: with the subscriptions that clients make by themselves.</summary>
internal interface IClientHub : IEventHub
{
    /// <summary>Carries out a change in a turn of the lane of its topic. Completes when the turn has ended.</summary>
    /// <exception cref="EventHubException">
    /// The change was refused: the topic has subscribers that expect another type, the connection has too many subscriptions, or the hub is not available. In
    /// the last case it may still be carried out.
    /// </exception>
    ValueTask ChangeAsync(IClientChange change);

    /// <summary>Adds a connection of this node to a presence topic, or replaces its info there. The subscriptions and the declared topics of a channel bound how many.</summary>
    ValueTask JoinAsync(string topic, string channelId, byte[] info);

    /// <summary>Removes a connection of this node from a presence topic; does nothing when it is not present.</summary>
    ValueTask LeaveAsync(string topic, string channelId);

    /// <summary>Makes the lanes send a subscriber its positions as soon as it has room, because events for it were dropped.</summary>
    void NoteDropped(IEventSubscriber subscriber);
}
