namespace Pikku.Akka.EventHub;

/// <summary>
/// A change of the subscription that a client makes by itself. The lane of the topic carries it out in one turn, together with the message that tells the
/// client, so that no event of the topic comes between them.
/// </summary>
internal interface IClientChange
{
    /// <summary>The topic.</summary>
    string Topic { get; }

    /// <summary>The connection of the client.</summary>
    IEventSubscriber Subscriber { get; }

    /// <summary>The type of the events of a subscribe; null for the end of a subscription.</summary>
    TopicType? Type { get; }

    /// <summary>Decides in the turn of the lane whether the change still applies, and if so, sends the message to the client. Must not block.</summary>
    bool TryCommit();
}
