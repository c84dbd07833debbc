namespace Pikku.Akka.Inspection;

/// <summary>The last messages of a traced user on this node, by number. Above its capacity the oldest ones are dropped. Thread-safe.</summary>
/// <param name="capacity">The number of entries.</param>
/// <param name="first">The first number, which is above those of an earlier trace of the same user.</param>
internal sealed class TraceBuffer(int capacity, long first)
{
    private const int Page = 250; // entries of one answer, about 60 kilobytes

    private readonly Lock _lock = new();
    private readonly Queue<TraceEntry> _entries = [];
    private readonly long _first = first;
    private long _oldest = first;

    /// <summary>When a node has last asked for the entries, as a timestamp of the clock.</summary>
    public long AskedAt { get; set; }

    public void Add(TraceEntry entry)
    {
        lock (_lock)
        {
            _entries.Enqueue(entry);
            if (_entries.Count <= capacity)
                return;
            _entries.Dequeue();
            _oldest++;
        }
    }

    /// <summary>Reads the entries from a number on. They stay, because several operators may trace the same user.</summary>
    /// <param name="from">The number; 0 for the oldest entry.</param>
    /// <param name="node">The name of this node.</param>
    public TraceAnswer Read(long from, string node)
    {
        lock (_lock)
        {
            // A number from before this trace means that the trace has ended in between, so what was dropped is not known.
            var dropped = from < _first ? 0 : Math.Max(0, _oldest - from);
            var start = Math.Clamp(from, _oldest, _oldest + _entries.Count);
            TraceEntry[] page = [.. _entries.Skip((int)(start - _oldest)).Take(Page)];
            var next = start + page.Length;
            return new TraceAnswer(node, next, dropped, next < _oldest + _entries.Count, page);
        }
    }
}
