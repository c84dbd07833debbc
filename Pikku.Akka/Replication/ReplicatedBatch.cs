namespace Pikku.Akka.Replication;

/// <summary>
/// Events of one node for all other nodes, encoded once. A batch is named by its node, its lane and its sequence. Sequences begin at 0 for each life of a node,
/// and each is used for exactly one list of events, so a batch that was lost can be had from any node that has it.
/// </summary>
internal abstract class ReplicatedBatch
{
    /// <summary>The node that published the events: the unique id of its life in the cluster.</summary>
    public abstract int Node { get; }

    /// <summary>The number of the batch in its lane, from 0.</summary>
    public abstract long Sequence { get; }

    /// <summary>The memory that the batch uses until it is delivered, in bytes.</summary>
    public abstract long Weight { get; }

    /// <summary>The memory that the batch uses while it is kept for others, in bytes.</summary>
    public abstract int Size { get; }

    /// <summary>True when a publisher waits for the acknowledgement of the batch (rule P7).</summary>
    public abstract bool IsAcknowledgedAtOnce { get; }

    /// <summary>Reads the events.</summary>
    /// <exception cref="InvalidDataException">The events can't be read.</exception>
    public abstract IReadOnlyList<ReplicatedEvent> Read();
}

/// <summary>Encodes the events of this node into batches.</summary>
internal interface IBatchWriter
{
    /// <summary>True when the batch has no event.</summary>
    bool IsEmpty { get; }

    /// <summary>True when the batch has reached its size.</summary>
    bool IsFull { get; }

    /// <summary>True when the batch does not exceed its size with the event.</summary>
    bool HasRoomFor(ReplicatedEvent content);

    /// <summary>Adds an event.</summary>
    void Add(ReplicatedEvent content);

    /// <summary>Completes the batch, and begins the next one.</summary>
    /// <param name="sequence">The number of the batch.</param>
    ReplicatedBatch Take(long sequence);

    /// <summary>Discards the events, because there is no other node.</summary>
    void Clear();
}
