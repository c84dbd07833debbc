using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>The state of another node in one lane: the batches that are received and delivered, sent and acknowledged. Not thread-safe: the lane owns it.</summary>
/// <param name="node">The incarnation of the node.</param>
/// <param name="name">The host and port of the node.</param>
/// <param name="maxUnacknowledged">The maximum number of unacknowledged bytes, <c>pikku.cluster.max-unacknowledged</c>.</param>
/// <param name="isForgotten">True when the lane of this node was restarted and has lost the sequence number of the other node.</param>
internal sealed class HubPeer(int node, string name, long maxUnacknowledged, bool isForgotten = false)
{
    // Frequent enough for the limit of the other node, which should have the same settings, and rare enough to have no measurable cost.
    private const int AcksPerBound = 8;
    private const long MaxAckEvery = 256 * 1024; // bytes

    private readonly long _ackEvery = Math.Min(MaxAckEvery, maxUnacknowledged / AcksPerBound);
    private readonly Queue<BatchDelivery> _received = [];
    private readonly Queue<(long Sequence, long Total)> _sent = [];
    private bool _wasLinked = isForgotten;
    private long _deliveredSinceAck;
    private long _incarnation;
    private long _sentTotal;
    private long _acknowledgedTotal;

    public int Node { get; } = node;

    public string Name { get; } = name;

    /// <summary>True while the status of the node is Up, false while it is joining or leaving.</summary>
    public bool IsUp { get; set; }

    public bool IsReachable { get; set; } = true;

    /// <summary>The number of the next batch of the node; null before anything was received from it.</summary>
    public long? Next { get; private set; }

    /// <summary>True when the node has reported that it receives the heartbeats of this node.</summary>
    public bool HearsUs
    {
        get;
        set
        {
            field = value;
            _wasLinked |= IsLinked;
        }
    }

    /// <summary>The number of lost batches of the node.</summary>
    public long Lost { get; private set; }

    /// <summary>The bytes that were received from the node and that the lanes of this node have not delivered yet.</summary>
    public long Waiting { get; private set; }

    /// <summary>The bytes that were sent to the node and that it has not acknowledged yet.</summary>
    public long Unacknowledged => _sentTotal - _acknowledgedTotal;

    /// <summary>The number of events that were not sent to the node.</summary>
    public long Dropped { get; private set; }

    /// <summary>The number of events that were dropped since the last batch was sent to the node; 0 while batches are sent.</summary>
    public long DroppedInARow { get; private set; }

    public bool IsLinked => Next is not null && HearsUs;

    /// <summary>Records a batch of the node.</summary>
    /// <returns>The number of batches that are missing before this one; -1 for a batch that was already received.</returns>
    public long Receive(HubBatch batch) => Receive(batch.Incarnation, batch.Sequence, isHeartbeat: false);

    /// <summary>Records a heartbeat of the node.</summary>
    /// <returns>The number of batches that are missing before this heartbeat; -1 for a heartbeat of an earlier life.</returns>
    public long Receive(HubHeartbeat heartbeat) => Receive(heartbeat.Incarnation, heartbeat.Sequence, isHeartbeat: true);

    /// <summary>Begins the delivery of a batch to the lanes of this node.</summary>
    /// <param name="batch">A batch that <see cref="Receive(HubBatch)"/> has accepted.</param>
    /// <param name="delivered">Called when the batch is delivered.</param>
    public BatchDelivery Accept(HubBatch batch, Action<HubDelivery> delivered)
    {
        var delivery = new BatchDelivery(this, batch.Sequence, batch.Weight, delivered);
        _received.Enqueue(delivery);
        Waiting += delivery.Weight;
        return delivery;
    }

    /// <summary>Records that the lanes of this node have delivered a batch of the node.</summary>
    /// <returns>True when an acknowledgement is due.</returns>
    public bool Delivered(BatchDelivery delivery)
    {
        Waiting -= delivery.Weight;
        _deliveredSinceAck += delivery.Weight;
        while (_received.TryPeek(out var oldest) && oldest.IsComplete)
            _received.Dequeue();
        return _deliveredSinceAck >= _ackEvery;
    }

    /// <summary>Creates an acknowledgement of all batches that were delivered in order.</summary>
    /// <param name="self">The incarnation of this node.</param>
    public HubAck Acknowledgement(int self)
    {
        _deliveredSinceAck = 0;
        return new HubAck(self, _incarnation, _received.TryPeek(out var oldest) ? oldest.Sequence : Next ?? 0);
    }

    /// <summary>True when a batch may be sent to the node. One batch may always be in transit, even if it is larger than the limit.</summary>
    public bool HasRoomFor(HubBatch batch) => Unacknowledged == 0 || Unacknowledged + batch.Weight <= maxUnacknowledged;

    /// <summary>Records that a batch is sent to the node.</summary>
    /// <returns>The number of events that were dropped immediately before the batch.</returns>
    public long Sent(HubBatch batch)
    {
        _sentTotal += batch.Weight;
        _sent.Enqueue((batch.Sequence, _sentTotal));
        var dropped = DroppedInARow;
        DroppedInARow = 0;
        return dropped;
    }

    /// <summary>Records that events are not sent to the node.</summary>
    public void Drop(int events)
    {
        Dropped += events;
        DroppedInARow += events;
    }

    /// <summary>Records that the node has delivered all batches before a sequence number.</summary>
    public void Acknowledge(long next)
    {
        while (_sent.TryPeek(out var oldest) && oldest.Sequence < next)
        {
            _acknowledgedTotal = oldest.Total;
            _sent.Dequeue();
        }
    }

    private long Receive(long incarnation, long sequence, bool isHeartbeat)
    {
        // The first message of a node sets the sequence number. If this node has lost the number of an earlier link, at least one batch may be missing, so it reports one.
        var missing = Next is { } next ? sequence - next : _wasLinked ? 1 : 0;
        if (incarnation != _incarnation)
        {
            if (incarnation < _incarnation)
                return -1;
            if (Next is not null)
                missing = 1 + sequence; // the lane of the node was restarted: its unsent batch is lost, and its size is unknown
            _incarnation = incarnation;
            _received.Clear(); // batches of the earlier life need no acknowledgement
        }

        if (missing < 0)
            return isHeartbeat ? 0 : -1;
        Next = isHeartbeat ? sequence : sequence + 1;
        // Batches before the link was established are not counted as lost, because they were never guaranteed.
        if (!_wasLinked)
        {
            _wasLinked = IsLinked;
            return 0;
        }

        Lost += missing;
        return missing;
    }
}
