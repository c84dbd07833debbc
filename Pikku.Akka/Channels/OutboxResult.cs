namespace Pikku.Akka.Channels;

/// <summary>What became of a message that was given to an outbox.</summary>
internal enum OutboxResult
{
    /// <summary>It waits to be written.</summary>
    Added,

    /// <summary>There was no room for it.</summary>
    Full,

    /// <summary>Nothing is taken any more.</summary>
    Closed,
}
