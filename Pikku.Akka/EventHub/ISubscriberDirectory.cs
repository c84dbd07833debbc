namespace Pikku.Akka.EventHub;

/// <summary>The connections of this node. A port of the hub, which the folder of the connections implements. Thread-safe.</summary>
internal interface ISubscriberDirectory
{
    /// <summary>The connection with an id; null when this node has no such connection.</summary>
    IEventSubscriber? Find(string channelId);

    /// <summary>The connections of a user on this node.</summary>
    IReadOnlyCollection<IEventSubscriber> OfUser(string userId);
}
