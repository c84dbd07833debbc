namespace Pikku.Akka.Replication;

/// <summary>
/// The batches of one node in one lane, on a node that receives them or has published them: which are delivered, which wait behind a hole, and the last delivered
/// ones, which other nodes may ask for. Not thread-safe: the lane owns it.
/// </summary>
/// <param name="node">The node that published the batches.</param>
/// <param name="next">The first sequence that is not delivered; null while this node does not know where to begin.</param>
internal sealed class OriginLog(int node, long? next)
{
    private readonly SortedList<long, ReplicatedBatch> _held = []; // its ends are found without a search, also when many batches wait behind a hole
    private readonly KeptBatches _kept = new();
    private long _keptSize;
    private IReadOnlyList<ReplicatedEvent>? _events;
    private int _position;

    /// <summary>The node that published the batches.</summary>
    public int Node { get; } = node;

    /// <summary>All batches below are delivered; null while this node does not know where to begin.</summary>
    public long? Next { get; private set; } = next;

    /// <summary>When the node was removed from the cluster, in milliseconds; null for a member.</summary>
    public long? ClosedAt { get; set; }

    /// <summary>When missing batches were asked for, in milliseconds; null when an ask may be sent at once.</summary>
    public long? AskedAt { get; set; }

    /// <summary><see cref="Next"/> at the last beat of another node that had more.</summary>
    public long? LaggingAt { get; set; }

    /// <summary>The sequence up to which batches were asked for; null when none is missing.</summary>
    public long? RepairUntil { get; set; }

    /// <summary>The sequence of the first batch that is received and not delivered; null when there is none.</summary>
    public long? FirstHeld => _held.Count > 0 ? _held.Keys[0] : null;

    /// <summary>The nodes that do not keep the batch at <see cref="Next"/> any more.</summary>
    public HashSet<int> Unavailable { get; } = [];

    /// <summary>The memory of the batches that are received and not delivered, in bytes.</summary>
    public long HeldWeight { get; private set; }

    /// <summary>The bytes that were delivered since the last acknowledgement.</summary>
    public long DeliveredSinceAck { get; set; }

    /// <summary>The number of batches that were lost for good.</summary>
    public long Lost { get; set; }

    /// <summary>True when batches are received and not delivered.</summary>
    public bool HasHeld => _held.Count > 0;

    /// <summary>True when the batch at <see cref="Next"/> is here.</summary>
    public bool CanDeliver => _events is not null || (Next is { } next && _held.ContainsKey(next));

    /// <summary>True while a batch is delivered in part.</summary>
    public bool IsInBatch => _position > 0;

    /// <summary>Takes a received batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="maxWeight">The maximum of <see cref="HeldWeight"/>. Above it the newest batch is dropped; it is asked for later.</param>
    /// <returns>False when the batch was received before.</returns>
    public bool Hold(ReplicatedBatch batch, long maxWeight)
    {
        if (batch.Sequence < Next || !_held.TryAdd(batch.Sequence, batch))
            return false;
        HeldWeight += batch.Weight;
        while (HeldWeight > maxWeight && _held.Count > 1)
            Release(_held.Keys[^1]);
        return true;
    }

    /// <summary>Returns the next event to deliver, in the order of the batches. <see cref="CanDeliver"/> has to be true.</summary>
    /// <returns>Null for an empty batch.</returns>
    /// <exception cref="InvalidDataException">The batch can't be read. <see cref="SkipBatch"/> goes on behind it.</exception>
    public ReplicatedEvent? Peek()
    {
        _events ??= _held[Next!.Value].Read();
        return _position < _events.Count ? _events[_position] : null;
    }

    /// <summary>Goes on to the next event.</summary>
    /// <param name="maxKept">The maximum size of the delivered batches that are kept for others, in bytes.</param>
    /// <returns>The batch when all of its events are delivered.</returns>
    public ReplicatedBatch? Advance(long maxKept)
    {
        if (++_position < _events!.Count)
            return null;
        return SkipBatch(maxKept);
    }

    /// <summary>Ends the batch at <see cref="Next"/>.</summary>
    public ReplicatedBatch SkipBatch(long maxKept)
    {
        (_events, _position) = (null, 0);
        var batch = Release(Next!.Value);
        Unavailable.Clear();
        AskedAt = null;
        DeliveredSinceAck += batch.Weight;
        Next++;
        Keep(batch, maxKept);
        return batch;
    }

    /// <summary>Records a batch that this node has published.</summary>
    /// <param name="batch">The batch; null when there was no other node, so that it was not encoded.</param>
    /// <param name="maxKept">As for <see cref="Advance"/>.</param>
    public void Published(ReplicatedBatch? batch, long maxKept)
    {
        Next++;
        if (batch is not null)
        {
            Keep(batch, maxKept);
            return;
        }

        _kept.Clear(); // the kept batches have no holes
        _keptSize = 0;
    }

    /// <summary>True when the batches from a sequence on are kept, or the sequence is that of the next batch.</summary>
    public bool Keeps(long first) => first == Next || (_kept.Oldest is { } oldest && first >= oldest.Sequence && first < Next);

    /// <summary>The kept batches from a sequence on, up to a size; empty when the first one is not kept.</summary>
    public IEnumerable<ReplicatedBatch> KeptFrom(long first, long maxSize)
    {
        if (_kept.Oldest is not { } oldest || first < oldest.Sequence)
            yield break;
        for (var i = first - oldest.Sequence; i < _kept.Count; i++)
        {
            var batch = _kept[(int)i];
            yield return batch;
            maxSize -= batch.Size;
            if (maxSize <= 0)
                yield break;
        }
    }

    /// <summary>Begins at a sequence, because everything before it is here by a copy.</summary>
    public void BeginAt(long next)
    {
        if (Next >= next)
            return;
        Next = next;
        (_events, _position) = (null, 0);
        _kept.Clear();
        _keptSize = 0;
        Unavailable.Clear();
        (AskedAt, RepairUntil) = (null, null);
        foreach (var sequence in _held.Keys.Where(sequence => sequence < next).ToList())
            Release(sequence);
    }

    private void Keep(ReplicatedBatch batch, long maxKept)
    {
        _kept.Add(batch);
        _keptSize += batch.Size;
        while (_keptSize > maxKept)
            _keptSize -= _kept.RemoveOldest().Size;
    }

    private ReplicatedBatch Release(long sequence)
    {
        _held.Remove(sequence, out var batch);
        HeldWeight -= batch!.Weight;
        return batch;
    }
}
