using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>
/// The frames of one outbox in their order. Events stand in a line of their own, so that dropping the oldest looks at no other frame. A
/// long line of small frames is packed into larger arrays, as it would be for writing. For one thread at a time.
/// </summary>
internal struct OutboxFrames
{
    /// <summary>Bytes that each frame weighs beside its own: its entry here, in a line that doubles its room as it grows.</summary>
    public const int EntryWeight = 64;

    private const int PackAbove = 64; // frames; a usual burst is not copied here, for the writer copies it anyway
    private const int PackSize = 16 * 1024; // bytes that the writer writes in one go
    private const int PackWeight = PackSize + EntryWeight;
    private const int UsualCapacity = 16; // frames; more room than this is given back when nothing waits

    private Queue<Entry>? _plain;
    private Queue<Entry>? _events;
    private byte[]? _pack; // stands behind everything in the lines
    private int _packed;
    private long _numbers;

    /// <summary>How many events wait.</summary>
    public int Events => _events?.Count ?? 0;

    public bool IsEmpty => _pack is null && (_plain?.Count ?? 0) + Events == 0;

    /// <summary>
    /// What a frame takes of memory. A small one takes an array of the usual size, whatever its own. That the pool's large ones may be twice as
    /// large as what stands in them does not count: limits of sizes are set by the sizes of messages.
    /// </summary>
    public static int WeightOf(in OutboundFrame frame) =>
        EntryWeight + (frame.Pooled ? Math.Min(frame.Array.Length, frame.Length + MessageBuffers.UsualSize) : frame.Length);

    /// <summary>What memory grows by when the frame is added now.</summary>
    public int GrowthBy(in OutboundFrame frame) =>
        !MayPack(frame) ? WeightOf(frame) : Fits(frame) ? 0 : PackWeight;

    /// <summary>Adds a frame that may be packed.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="weight">Its <see cref="GrowthBy"/>.</param>
    public void Add(in OutboundFrame frame, int weight)
    {
        if (!MayPack(frame))
        {
            Append(frame, weight, isAwaited: false);
            return;
        }

        if (!Fits(frame))
        {
            Seal();
            _pack = MessageBuffers.Rent(PackSize);
        }

        frame.Span.CopyTo(_pack.AsSpan(_packed));
        _packed += frame.Length;
        frame.Return();
    }

    /// <summary>Adds a frame as it is.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="weight">What it counts for.</param>
    /// <param name="isAwaited">True when its sender waited for room.</param>
    public void Append(in OutboundFrame frame, int weight, bool isAwaited)
    {
        Seal();
        var line = frame.IsEvent ? _events ??= new Queue<Entry>(4) : _plain ??= new Queue<Entry>(4);
        line.Enqueue(new Entry(frame, weight, isAwaited, _numbers++));
    }

    public bool TryDequeue(out Entry entry)
    {
        if (_plain is { Count: > 0 } plain && (Events == 0 || plain.Peek().Number < _events!.Peek().Number))
            return plain.TryDequeue(out entry);
        if (Events > 0)
            return _events!.TryDequeue(out entry);
        entry = default;
        if (_pack is null)
            return false;
        Seal();
        return _plain!.TryDequeue(out entry);
    }

    /// <summary>Drops the oldest event.</summary>
    /// <returns>What it weighed; 0 when none waits.</returns>
    public int DropOldest()
    {
        if (_events?.TryDequeue(out var entry) != true)
            return 0;
        entry.Frame.Return();
        return entry.Weight;
    }

    /// <summary>Drops every event that is not the newest of its topic.</summary>
    /// <param name="coming">A topic of which a newer one is about to be added; null for none.</param>
    /// <returns>How many, and what they weighed.</returns>
    public (int Count, int Weight) KeepLatest(string? coming)
    {
        if (_events is null)
            return default;
        var latest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var entry in _events)
            latest[entry.Frame.Topic ?? ""] = entry.Number;
        if (coming is not null)
            latest[coming] = _numbers;

        var (count, weight) = (0, 0);
        // A full turn of the line keeps the order of those that stay.
        for (var turns = _events.Count; turns > 0; turns--)
        {
            var entry = _events.Dequeue();
            if (latest[entry.Frame.Topic ?? ""] == entry.Number)
            {
                _events.Enqueue(entry);
                continue;
            }

            count++;
            weight += entry.Weight;
            entry.Frame.Return();
        }

        return (count, weight);
    }

    /// <summary>Gives room back that a long line took. Nothing waits.</summary>
    public void Trim()
    {
        if (_plain?.EnsureCapacity(0) > UsualCapacity)
            _plain = null;
        if (_events?.EnsureCapacity(0) > UsualCapacity)
            _events = null;
    }

    // Only frames that are nobody else's, and that no policy may want to drop alone.
    private bool MayPack(in OutboundFrame frame) =>
        _plain?.Count >= PackAbove && frame is { Pooled: true, IsEvent: false, Length: < PackSize / 4 };

    private bool Fits(in OutboundFrame frame) => _pack is not null && _packed + frame.Length <= PackSize;

    private void Seal()
    {
        if (_pack is not { } pack)
            return;
        var packed = new OutboundFrame(pack, 0, _packed) { Pooled = true };
        _pack = null;
        _packed = 0;
        _plain!.Enqueue(new Entry(packed, PackWeight, false, _numbers++));
    }

    /// <param name="Frame">One frame, or many that were packed.</param>
    /// <param name="Weight">What it counts for.</param>
    /// <param name="IsAwaited">True when its sender waited for room.</param>
    /// <param name="Number">Its place in the order of both lines.</param>
    public readonly record struct Entry(OutboundFrame Frame, int Weight, bool IsAwaited, long Number);
}
