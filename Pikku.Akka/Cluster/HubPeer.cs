using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>Another node, as one lane of the hub sees it: what it has sent and this node has delivered, and the other way round. Not thread-safe: the lane owns it.</summary>
/// <param name="node">Its incarnation.</param>
/// <param name="name">Its host and port.</param>
/// <param name="maxUnacknowledged">What may be under way to it, <c>pikku.cluster.max-unacknowledged</c>.</param>
/// <param name="isForgotten">True when this node has heard it before and does not know any more how far it had come: its own lane was restarted.</param>
internal sealed class HubPeer(int node, string name, long maxUnacknowledged, bool isForgotten = false)
{
    // Often enough for the bound of the other side, which should be the same as here, and seldom enough to cost nothing.
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

    /// <summary>True while it is a full member, and not only on its way in or out.</summary>
    public bool IsUp { get; set; }

    public bool IsReachable { get; set; } = true;

    /// <summary>The number of its next batch; null before it was heard.</summary>
    public long? Next { get; private set; }

    /// <summary>True once it says that it hears this node.</summary>
    public bool HearsUs
    {
        get;
        set
        {
            field = value;
            _wasLinked |= IsLinked;
        }
    }

    /// <summary>Batches of it that never came.</summary>
    public long Lost { get; private set; }

    /// <summary>What it has sent and the lanes of this node have not delivered yet, in bytes.</summary>
    public long Waiting { get; private set; }

    /// <summary>What was sent to it and it has not delivered yet, in bytes.</summary>
    public long Unacknowledged => _sentTotal - _acknowledgedTotal;

    /// <summary>Events that were not sent to it.</summary>
    public long Dropped { get; private set; }

    /// <summary>Events that were not sent to it since it took some last; 0 while it does.</summary>
    public long DroppedInARow { get; private set; }

    public bool IsLinked => Next is not null && HearsUs;

    /// <summary>Notes a batch of it.</summary>
    /// <returns>How many batches are missing before it; -1 for a batch that has come before.</returns>
    public long Receive(HubBatch batch) => Receive(batch.Incarnation, batch.Sequence, isHeartbeat: false);

    /// <summary>Notes a heartbeat of it.</summary>
    /// <returns>How many batches are missing before it; -1 for a heartbeat of an earlier life.</returns>
    public long Receive(HubHeartbeat heartbeat) => Receive(heartbeat.Incarnation, heartbeat.Sequence, isHeartbeat: true);

    /// <summary>A batch of it goes to the lanes of this node.</summary>
    /// <param name="batch">One that <see cref="Receive(HubBatch)"/> has accepted.</param>
    /// <param name="delivered">Called when the batch is delivered.</param>
    public BatchDelivery Accept(HubBatch batch, Action<HubDelivery> delivered)
    {
        var delivery = new BatchDelivery(this, batch.Sequence, batch.Weight, delivered);
        _received.Enqueue(delivery);
        Waiting += delivery.Weight;
        return delivery;
    }

    /// <summary>The lanes of this node have delivered a batch of it.</summary>
    /// <returns>True when it is time to tell it so.</returns>
    public bool Delivered(BatchDelivery delivery)
    {
        Waiting -= delivery.Weight;
        _deliveredSinceAck += delivery.Weight;
        while (_received.TryPeek(out var oldest) && oldest.IsComplete)
            _received.Dequeue();
        return _deliveredSinceAck >= _ackEvery;
    }

    /// <summary>Tells it how far this node has come.</summary>
    /// <param name="self">The incarnation of this node.</param>
    public HubAck Acknowledgement(int self)
    {
        _deliveredSinceAck = 0;
        return new HubAck(self, _incarnation, _received.TryPeek(out var oldest) ? oldest.Sequence : Next ?? 0);
    }

    /// <summary>True when a batch may be sent to it. One may always be under way, however small the bound is.</summary>
    public bool HasRoomFor(HubBatch batch) => Unacknowledged == 0 || Unacknowledged + batch.Weight <= maxUnacknowledged;

    /// <summary>A batch is sent to it.</summary>
    /// <returns>How many events were dropped just before it.</returns>
    public long Sent(HubBatch batch)
    {
        _sentTotal += batch.Weight;
        _sent.Enqueue((batch.Sequence, _sentTotal));
        var dropped = DroppedInARow;
        DroppedInARow = 0;
        return dropped;
    }

    /// <summary>Events are not sent to it.</summary>
    public void Drop(int events)
    {
        Dropped += events;
        DroppedInARow += events;
    }

    /// <summary>It has delivered what is before this number.</summary>
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
        // The first one that is heard says where it stands. What a link lost before, of which this node forgot the numbers, is one batch or more.
        var missing = Next is { } next ? sequence - next : _wasLinked ? 1 : 0;
        if (incarnation != _incarnation)
        {
            if (incarnation < _incarnation)
                return -1;
            if (Next is not null)
                missing = 1 + sequence; // its lane was restarted: what it had gathered is gone with it, and nobody knows how much that was
            _incarnation = incarnation;
            _received.Clear(); // numbers of the earlier life need no acknowledgement any more
        }

        if (missing < 0)
            return isHeartbeat ? 0 : -1;
        Next = isHeartbeat ? sequence : sequence + 1;
        // What was before the link was never promised.
        if (!_wasLinked)
        {
            _wasLinked = IsLinked;
            return 0;
        }

        Lost += missing;
        return missing;
    }
}
