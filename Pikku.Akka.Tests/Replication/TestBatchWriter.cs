using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Replication;

/// <summary>Collects events into batches of at most four.</summary>
internal sealed class TestBatchWriter(int node) : IBatchWriter
{
    private const int MaxEvents = 4;

    private readonly List<ReplicatedEvent> _events = [];

    public bool IsEmpty => _events.Count == 0;

    public bool IsFull => _events.Count == MaxEvents;

    public bool HasRoomFor(ReplicatedEvent content) => _events.Count < MaxEvents;

    public void Add(ReplicatedEvent content) => _events.Add(content);

    public ReplicatedBatch Take(long sequence)
    {
        var batch = new TestBatch(node, sequence, [.. _events]);
        _events.Clear();
        return batch;
    }

    public void Clear() => _events.Clear();
}
