namespace Pikku.Akka.Replication;

/// <summary>What a node remembers of one topic: the numbers of its origins, its last events, and for a keyed topic the last value of each key.</summary>
/// <param name="name">The topic.</param>
/// <param name="options">How much is kept.</param>
/// <param name="minute">The minute since 1970 since which the topic is remembered without interruption.</param>
internal sealed class TopicHistory(string name, HistoryOptions options, long minute)
{
    private const int Estimate = 320; // bytes of a topic with one origin: its objects, its name and its place in the table

    private readonly List<OriginNumbers> _numbers = new(1);
    private KeptEvent? _newest;

    public string Name { get; } = name;

    public HistoryOptions Options { get; } = options;

    /// <summary>The numbers of all origins. They are few: one for each node that has published to the topic within the lifetime of a position.</summary>
    public IReadOnlyList<OriginNumbers> Numbers => _numbers;

    /// <summary>The event that was kept first; null when none is kept.</summary>
    public KeptEvent? Oldest { get; private set; }

    /// <summary>The number of kept events.</summary>
    public int Count { get; private set; }

    /// <summary>The last value of each key; null for a topic without keys, and before the first write.</summary>
    public Dictionary<string, KeyedEntry>? Entries { get; private set; }

    /// <summary>The number of <see cref="Entries"/> that are not removals.</summary>
    public int LiveEntries { get; private set; }

    /// <summary>The memory of the entries that are not removals, in bytes.</summary>
    public long EntrySize { get; private set; }

    /// <summary>The minute since 1970 since which the topic is remembered without interruption.</summary>
    public long RememberedSince { get; set; } = minute;

    /// <summary>
    /// When a node of another version last published an event without a number: the minute since 1970, and the time in milliseconds of the monotonic clock of this
    /// node. Null for never.
    /// </summary>
    public (long Minute, long Time)? Unnumbered { get; set; }

    /// <summary>The memory of the topic without its events and entries, in bytes.</summary>
    public int Size => Estimate + Name.Length * sizeof(char);

    /// <summary>When the topic was last used, in milliseconds of the monotonic clock.</summary>
    public long LastTime { get; set; }

    public OriginNumbers? Find(Origin origin)
    {
        foreach (var numbers in _numbers)
        {
            if (numbers.Origin == origin)
                return numbers;
        }

        return null;
    }

    public OriginNumbers Add(Origin origin, long number, long time)
    {
        var numbers = new OriginNumbers(origin, number, time);
        _numbers.Add(numbers);
        return numbers;
    }

    /// <summary>Forgets origins; the callback selects them.</summary>
    public void Forget(Predicate<OriginNumbers> isForgotten) => _numbers.RemoveAll(isForgotten);

    /// <summary>Adds the newest event.</summary>
    public void Append(KeptEvent kept)
    {
        kept.Next = null;
        if (_newest is { } newest)
            newest.Next = kept;
        else
            Oldest = kept;
        _newest = kept;
        Count++;
    }

    /// <summary>Removes the oldest event, and notes that its number is not kept any more.</summary>
    public KeptEvent RemoveOldest()
    {
        var oldest = Oldest ?? throw new InvalidOperationException($"The topic '{Name}' keeps no event.");
        Oldest = oldest.Next;
        oldest.Next = null; // as in KeptEvents.Remove
        if (Oldest is null)
            _newest = null;
        Count--;
        NoteEvicted(oldest.Event);
        return oldest;
    }

    /// <summary>Notes that the number of an event is not kept any more.</summary>
    public void NoteEvicted(ReplicatedEvent evicted)
    {
        if (Find(evicted.Origin) is { } numbers && numbers.Floor < evicted.Number)
            numbers.Floor = evicted.Number;
    }

    /// <summary>Replaces the kept events.</summary>
    public void Replace(IEnumerable<KeptEvent> events)
    {
        (Oldest, _newest, Count) = (null, null, 0);
        foreach (var kept in events)
            Append(kept);
    }

    /// <summary>The kept events, in order of arrival.</summary>
    public IEnumerable<KeptEvent> Events()
    {
        for (var kept = Oldest; kept is not null; kept = kept.Next)
            yield return kept;
    }

    /// <summary>Applies a write of a key, unless a later one is known.</summary>
    /// <returns>False when the write has lost against a later one.</returns>
    public bool Write(string key, KeyedEntry entry)
    {
        Entries ??= new Dictionary<string, KeyedEntry>(StringComparer.Ordinal);
        if (Entries.TryGetValue(key, out var known))
        {
            // In a store the same write comes again when the entry was used. It can't override what another node has written meanwhile.
            var isUse = Options.Bounds is not null && known.Stamp == entry.Stamp && known.Base == entry.Base && known.Time < entry.Time;
            if (!isUse && !entry.Overrides(known, Options.Bounds?.ClearsCountFor ?? 0))
                return false;
            Account(key, known, -1);
        }

        Entries[key] = entry;
        Account(key, entry, 1);
        return true;
    }

    /// <summary>Drops an entry or the removal of one, without a trace.</summary>
    public void Drop(string key)
    {
        if (Entries?.Remove(key, out var dropped) == true)
            Account(key, dropped, -1);
    }

    /// <summary>True when an event still has what a client should get: a value that a later write has replaced is handed out as a number only.</summary>
    public bool IsCurrent(ReplicatedEvent content) =>
        content.Write is not { } write || (Entries is { } entries && entries.TryGetValue(write.Key, out var entry) && entry.Stamp == write.Stamp);

    private void Account(string key, KeyedEntry entry, int change)
    {
        if (entry.Value is null)
            return;
        LiveEntries += change;
        EntrySize += change * KeyedEntry.SizeOf(key, entry);
    }
}
