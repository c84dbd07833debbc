using Akka.Actor;

namespace Pikku.Akka.EventHub;

/// <summary>Another node, as one lane of the hub sees it: what it has sent and this node has delivered, and the other way round. Not thread-safe: the lane owns it.</summary>
/// <param name="name">Its host and port.</param>
/// <param name="maxUnacknowledged">What may be under way to it, <c>pikku.cluster.max-unacknowledged</c>.</param>
/// <param name="isForgotten">True when this node has heard it before and does not know any more how far it had come: its own lane was restarted.</param>
internal sealed class HubPeer(string name, long maxUnacknowledged, bool isForgotten = false)
{
    // Often enough for the bound of the other side, which should be the same as here, and seldom enough to cost nothing.
    private const int AcksPerBound = 8;
    private const long MaxAckEvery = 256 * 1024; // bytes

    private readonly long _ackEvery = Math.Min(MaxAckEvery, maxUnacknowledged / AcksPerBound);
    private readonly Queue<HubDelivery> _received = [];
    private readonly Queue<(long Sequence, long Total)> _sent = [];
    private bool _wasLinked = isForgotten;
    private long _deliveredSinceAck;
    private long _incarnation;
    private long _sentTotal;
    private long _acknowledgedTotal;

    public string Name { get; } = name;

    /// <summary>Its topic in the pub-sub.</summary>
    public string Topic { get; init; } = "";

    /// <summary>Its lane; nobody before it was heard.</summary>
    public IActorRef Link { get; set; } = ActorRefs.Nobody;

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

    /// <summary>Notes a batch or a heartbeat of it.</summary>
    /// <returns>How many batches are missing before it; -1 for a batch that has come before.</returns>
    public long Receive(HubBatch batch)
    {
        var sequence = batch.Sequence;
        // The first one that is heard says where it stands. What a link lost before, of which this node forgot the numbers, is one batch or more.
        var missing = Next is { } next ? sequence - next : _wasLinked ? 1 : 0;
        if (batch.Incarnation != _incarnation)
        {
            if (batch.Incarnation < _incarnation)
                return -1;
            if (Next is not null)
                missing = 1 + sequence; // its lane was restarted: what it had gathered is gone with it, and nobody knows how much that was
            _incarnation = batch.Incarnation;
            _received.Clear(); // numbers of the earlier life need no acknowledgement any more
        }

        if (missing < 0)
            return batch.IsHeartbeat ? 0 : -1;
        Next = batch.IsHeartbeat ? sequence : sequence + 1;
        // What was before the link was never promised.
        if (!_wasLinked)
        {
            _wasLinked = IsLinked;
            return 0;
        }

        Lost += missing;
        return missing;
    }

    /// <summary>A batch of it goes to the lanes of this node.</summary>
    /// <param name="batch">One that <see cref="Receive"/> has accepted.</param>
    /// <param name="link">The lane of this node, to be told when the batch is delivered.</param>
    public HubDelivery Accept(HubBatch batch, IActorRef link)
    {
        var delivery = new HubDelivery(link, this, batch.Sequence, batch.Weight);
        _received.Enqueue(delivery);
        Waiting += delivery.Weight;
        return delivery;
    }

    /// <summary>The lanes of this node have delivered a batch of it.</summary>
    /// <returns>True when it is time to tell it so.</returns>
    public bool Delivered(HubDelivery delivery)
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
}
