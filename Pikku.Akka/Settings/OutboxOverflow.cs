namespace Pikku.Akka.Settings;

/// <summary>What happens when a message does not fit into the outbox of a client that reads too slowly.</summary>
internal enum OutboxOverflow
{
    /// <summary>The connection is closed with 1013; the client reconnects and fetches what it missed.</summary>
    Close,

    /// <summary>The oldest hub events make room; replies and messages are never dropped for it.</summary>
    DropOldest,

    /// <summary>Of each topic the newest event waits, older ones are dropped: for values of which only the last one counts.</summary>
    KeepLatest,
}
