namespace Pikku.Akka.EventHub;

/// <summary>Knows the connections of this node: a port that the connections implement.</summary>
internal interface ISubscriberDirectory
{
    /// <summary>The connection of this id; null when there is none on this node. Any thread may ask.</summary>
    IEventSubscriber? Find(string channelId);

    /// <summary>The connections of this user on this node. Any thread may ask.</summary>
    IReadOnlyCollection<IEventSubscriber> OfUser(string userId);
}
