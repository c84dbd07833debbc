namespace Pikku.Akka.Channels;

/// <summary>The result of adding a message to an outbox.</summary>
internal enum OutboxResult
{
    /// <summary>The message was added and will be written.</summary>
    Added,

    /// <summary>There was no room for the message.</summary>
    Full,

    /// <summary>The outbox accepts no more messages.</summary>
    Closed,
}
