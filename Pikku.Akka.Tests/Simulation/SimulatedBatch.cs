using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>A batch of the simulation. It holds the events themselves, which are immutable once they are numbered.</summary>
internal sealed class SimulatedBatch(int node, long sequence, IReadOnlyList<ReplicatedEvent> events) : ReplicatedBatch
{
    private const int Overhead = 20;

    public override int Node { get; } = node;

    public override long Sequence { get; } = sequence;

    public override int Size { get; } = Overhead + events.Sum(one => one.Size);

    public override long Weight => Size;

    public override bool IsAcknowledgedAtOnce { get; } = events.Any(one => one.IsReplicated);

    public override IReadOnlyList<ReplicatedEvent> Read() => events;
}
