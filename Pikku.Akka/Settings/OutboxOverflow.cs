namespace Pikku.Akka.Settings;

/// <summary>What happens when a message does not fit into the outbox of a client that reads too slowly.</summary>
internal enum OutboxOverflow
{
    /// <summary>The connection is closed with 1013; the client reconnects and fetches what it missed.</summary>
    Close,

    /// <summary>The oldest hub events are dropped; replies and messages are never dropped to make room.</summary>
    DropOldest,

    /// <summary>Only the newest event of each topic waits and older ones are dropped: for values of which only the last one matters.</summary>
    KeepLatest,
}
