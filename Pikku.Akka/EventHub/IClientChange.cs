namespace Pikku.Akka.EventHub;

/// <summary>
/// A change of the subscription that a client makes by itself: <see cref="IClientSubscribe"/> or <see cref="IClientEnd"/>. The lane of the topic carries it out in
/// one turn, together with the message that tells the client, so that no event of the topic comes between them.
/// </summary>
internal interface IClientChange
{
    /// <summary>The topic.</summary>
    string Topic { get; }

    /// <summary>The connection of the client.</summary>
    IEventSubscriber Subscriber { get; }
}
