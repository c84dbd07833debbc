namespace Pikku.Akka.Replication;

/// <summary>Another member of the cluster, as one lane sees it. Not thread-safe: the lane owns it.</summary>
/// <param name="node">The unique id of its life in the cluster.</param>
/// <param name="name">Its host and port.</param>
internal sealed class LaneMember(int node, string name)
{
    private readonly Queue<(long Sequence, long Total)> _sent = [];
    private long _sentTotal;
    private long _acknowledgedTotal;

    public int Node { get; } = node;

    public string Name { get; } = name;

    /// <summary>The order in which the members have become Up; the oldest has the lowest. A member that is not Up has the highest possible one.</summary>
    public long Age { get; set; } = long.MaxValue;

    public bool IsReachable { get; set; } = true;

    /// <summary>True when the member does not understand the messages of this node: it runs another major version. Nothing is sent to it, and nothing is expected from it.</summary>
    public bool IsForeign { get; set; }

    /// <summary>True when a beat of the member was received.</summary>
    public bool IsHeard { get; private set; }

    /// <summary>True when the member has received a beat of this node.</summary>
    public bool HearsUs { get; private set; }

    /// <summary>True when the last beat of the member said so.</summary>
    public bool IsReady { get; private set; }

    /// <summary>True when the member has promised to copy from no other node.</summary>
    public bool HasPromised { get; set; }

    /// <summary>For each node, the sequence below which the member has delivered all batches, by its last beat.</summary>
    public Dictionary<int, long> Digest { get; } = [];

    /// <summary>The member has delivered all batches of this node below this sequence.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The bytes that were sent to the member and that it has not acknowledged.</summary>
    public long Unacknowledged => _sentTotal - _acknowledgedTotal;

    /// <summary>The sequence of the next batch of this node to send; null before the first one, and when sending has stopped for so long that the batch is not kept any more.</summary>
    public long? NextToSend { get; private set; }

    /// <summary>True while batches wait that could not be sent, because the member has not acknowledged earlier ones or can't be reached.</summary>
    public bool IsHeldBack { get; set; }

    public bool IsLinked => IsHeard && HearsUs;

    /// <summary>Records a beat.</summary>
    public void Receive(LaneMessage.Beat beat)
    {
        IsHeard = true;
        HearsUs = beat.HearsReceiver;
        IsReady = beat.IsReady;
        Digest.Clear();
        foreach (var (origin, next) in beat.Digest)
            Digest[origin] = next;
    }

    /// <summary>True when a batch may be sent. One batch may always be on the way, even if it is larger than the limit.</summary>
    public bool HasRoomFor(ReplicatedBatch batch, long maxUnacknowledged) =>
        Unacknowledged == 0 || Unacknowledged + batch.Weight <= maxUnacknowledged;

    /// <summary>Records that a batch is sent.</summary>
    public void Sent(ReplicatedBatch batch)
    {
        _sentTotal += batch.Weight;
        _sent.Enqueue((batch.Sequence, _sentTotal));
        NextToSend = batch.Sequence + 1;
    }

    /// <summary>Records that the member has delivered all batches of this node below a sequence.</summary>
    public void Acknowledge(long next)
    {
        Acknowledged = Math.Max(Acknowledged, next);
        while (_sent.TryPeek(out var oldest) && oldest.Sequence < next)
        {
            _acknowledgedTotal = oldest.Total;
            _sent.Dequeue();
        }

        // What the member had from another node, or by a copy, is not sent to it again.
        if (next > NextToSend)
            NextToSend = next;
    }
}
