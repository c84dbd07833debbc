using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Replication;

/// <summary>A batch whose bytes are damaged.</summary>
internal sealed class UnreadableBatch(int node, long sequence) : ReplicatedBatch
{
    public override int Node => node;

    public override long Sequence => sequence;

    public override long Weight => 100;

    public override int Size => 100;

    public override bool IsAcknowledgedAtOnce => false;

    public override IReadOnlyList<ReplicatedEvent> Read() => throw new InvalidDataException("The bytes are damaged.");
}
