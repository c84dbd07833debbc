using System.Numerics;

namespace Pikku.Akka.Replication;

/// <summary>
/// The last delivered batches of one node, for nodes that have missed them. Their sequences follow one another, so a batch is found by its sequence without a search: a quiet
/// publisher has one batch for each event, and thousands of them are kept. Not thread-safe: the log owns it.
/// </summary>
internal sealed class KeptBatches
{
    private const int InitialCapacity = 16; // a power of two, as every capacity

    private ReplicatedBatch?[] _ring = [];
    private int _first;

    public int Count { get; private set; }

    /// <summary>The batch with the lowest sequence; null when none is kept.</summary>
    public ReplicatedBatch? Oldest => Count == 0 ? null : this[0];

    /// <summary>The batch at an index, from the oldest one on.</summary>
    public ReplicatedBatch this[int index] => _ring[(_first + index) & (_ring.Length - 1)]!;

    /// <summary>Adds the batch that follows the last one.</summary>
    public void Add(ReplicatedBatch batch)
    {
        if (Count == _ring.Length)
            Grow();
        _ring[(_first + Count) & (_ring.Length - 1)] = batch;
        Count++;
    }

    /// <summary>Removes the oldest batch.</summary>
    public ReplicatedBatch RemoveOldest()
    {
        var oldest = Oldest ?? throw new InvalidOperationException("No batch is kept.");
        _ring[_first] = null;
        _first = (_first + 1) & (_ring.Length - 1);
        Count--;
        return oldest;
    }

    public void Clear()
    {
        Array.Clear(_ring);
        (_first, Count) = (0, 0);
    }

    private void Grow()
    {
        var larger = new ReplicatedBatch?[Math.Max(InitialCapacity, (int)BitOperations.RoundUpToPowerOf2((uint)_ring.Length + 1))];
        for (var i = 0; i < Count; i++)
            larger[i] = this[i];
        (_ring, _first) = (larger, 0);
    }
}
