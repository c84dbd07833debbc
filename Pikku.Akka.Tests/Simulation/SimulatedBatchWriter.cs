using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>Collects the events of one node into batches of a few events.</summary>
internal sealed class SimulatedBatchWriter(int node) : IBatchWriter
{
    private const int MaxEvents = 6;

    private List<ReplicatedEvent> _events = [];

    /// <summary>Set by a mutation, so that the lane does not close the batch.</summary>
    public bool IsHidden { get; set; }

    public bool IsEmpty => _events.Count == 0 || IsHidden;

    public bool IsFull => _events.Count == MaxEvents;

    public bool HasRoomFor(ReplicatedEvent content) => _events.Count < MaxEvents;

    public void Add(ReplicatedEvent content) => _events.Add(content);

    public ReplicatedBatch Take(long sequence)
    {
        var batch = new SimulatedBatch(node, sequence, _events);
        _events = [];
        return batch;
    }

    public void Clear() => _events = [];
}
