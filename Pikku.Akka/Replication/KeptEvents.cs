using System.Diagnostics;

namespace Pikku.Akka.Replication;

/// <summary>All events that a lane keeps, in order of arrival, with their size. Not thread-safe: the lane owns it.</summary>
internal sealed class KeptEvents
{
    private KeptEvent? _last;

    /// <summary>The event that arrived first; null when the lane keeps none.</summary>
    public KeptEvent? Oldest { get; private set; }

    /// <summary>The memory of the events, in bytes.</summary>
    public long Size { get; private set; }

    public int Count { get; private set; }

    public void Add(KeptEvent kept)
    {
        kept.PreviousInLane = _last;
        kept.NextInLane = null;
        if (_last is { } last)
            last.NextInLane = kept;
        else
            Oldest = kept;
        _last = kept;
        Size += kept.Size;
        Count++;
    }

    public void Remove(KeptEvent kept)
    {
        if (kept.PreviousInLane is { } previous)
            previous.NextInLane = kept.NextInLane;
        else
            Oldest = kept.NextInLane;
        if (kept.NextInLane is { } next)
            next.PreviousInLane = kept.PreviousInLane;
        else
            _last = kept.PreviousInLane;
        // A removed event that the collector has promoted would otherwise promote every event that has come after it.
        (kept.PreviousInLane, kept.NextInLane) = (null, null);
        Size -= kept.Size;
        Count--;
        Debug.Assert(Count >= 0 && Size >= 0, "An event was removed twice.");
    }

    /// <summary>Replaces all events, because copied events have arrived earlier than some that are already here.</summary>
    public void Replace(IEnumerable<KeptEvent> events)
    {
        (Oldest, _last, Size, Count) = (null, null, 0, 0);
        foreach (var kept in events.OrderBy(kept => kept.Time))
            Add(kept);
    }
}
