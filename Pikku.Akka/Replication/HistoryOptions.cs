namespace Pikku.Akka.Replication;

/// <summary>How much of a topic's past every node keeps.</summary>
/// <param name="MaxEvents">The maximum number of events; 0 for a topic whose state is kept but not its events.</param>
/// <param name="MaxAge">The maximum age of an event.</param>
internal sealed record HistoryOptions(int MaxEvents, TimeSpan MaxAge)
{
    /// <summary>True for a topic that holds the last value of each key (rule P11).</summary>
    public bool IsKeyed { get; init; }

    /// <summary>True for a keyed topic whose clients see keys and values, false for presence, whose clients see infos.</summary>
    public bool IsState { get; init; }

    /// <summary>How long an entry of a keyed topic lives without a write; null for no limit.</summary>
    public TimeSpan? EntryLifetime { get; init; }

    /// <summary>The limits of a store; null for a topic that clients may see, whose entries are removed by events only.</summary>
    public EntryBounds? Bounds { get; init; }
}
