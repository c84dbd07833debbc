namespace Pikku.Akka.Replication;

/// <summary>
/// The limits of a keyed topic that is a store and not shown to clients. Each node drops entries by itself, without an event, so the limits hold at every moment and
/// an entry that is dropped is not a write that could override another one.
/// </summary>
/// <param name="MaxEntries">The maximum number of entries, and once more of removals that are remembered. Above it the ones that were not used for the longest time go.</param>
/// <param name="MaxSize">The maximum memory of the entries, in bytes.</param>
/// <param name="Lifetime">How long an entry is kept without being written or used.</param>
/// <param name="ClearsCountFor">
/// How long after a clear a write has to know it, in milliseconds. At most half as long as removals are remembered, so that it is over on every node before the first
/// one forgets the clear, also with clocks that differ by minutes.
/// </param>
internal sealed record EntryBounds(int MaxEntries, long MaxSize, TimeSpan Lifetime, long ClearsCountFor)
{
    /// <summary>Entries are dropped in parts of this fraction, because each time needs a scan of all of them.</summary>
    private const int Part = 64;

    /// <summary>Returns the keys to drop; null when the limits hold.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="newest">The key that was just written, which is never dropped.</param>
    public List<string>? Excess(TopicHistory topic, string? newest)
    {
        var (entries, removals, size) = (topic.LiveEntries, topic.Entries!.Count - topic.LiveEntries, topic.EntrySize);
        if (entries <= MaxEntries && removals <= MaxEntries && size <= MaxSize)
            return null;
        var excess = new List<string>();
        if (entries > MaxEntries || size > MaxSize)
        {
            foreach (var (key, entry) in topic.Entries.Where(one => one.Value.Value is not null && one.Key != newest).OrderBy(one => one.Value.Time))
            {
                if (entries <= MaxEntries - MaxEntries / Part && size <= MaxSize - MaxSize / Part)
                    break;
                excess.Add(key);
                entries--;
                size -= KeyedEntry.SizeOf(key, entry);
            }
        }

        if (removals > MaxEntries)
            excess.AddRange(topic.Entries.Where(one => one.Value.Value is null && one.Key != newest).OrderBy(one => one.Value.Time)
                .Take(removals - MaxEntries + MaxEntries / Part).Select(one => one.Key));
        return excess;
    }
}
