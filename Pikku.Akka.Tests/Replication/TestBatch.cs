using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Replication;

/// <summary>A batch that holds its events.</summary>
internal sealed class TestBatch(int node, long sequence, params ReplicatedEvent[] events) : ReplicatedBatch
{
    public override int Node => node;

    public override long Sequence => sequence;

    public override long Weight => events.Sum(static content => content.Size);

    public override int Size => events.Sum(static content => content.Size);

    public override bool IsAcknowledgedAtOnce => events.Any(static content => content.IsReplicated);

    public override IReadOnlyList<ReplicatedEvent> Read() => events;
}
