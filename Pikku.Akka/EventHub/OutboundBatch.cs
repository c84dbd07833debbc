namespace Pikku.Akka.EventHub;

/// <summary>The batch that is being filled in one lane, and how far this node and those that listen to it have come. Not thread-safe: the lane owns it.</summary>
/// <param name="origin">The id of this node.</param>
/// <param name="incarnation">Which life of the lane this is.</param>
/// <param name="lane">The lane.</param>
/// <param name="maxSize">At how many bytes a batch is full.</param>
internal sealed class OutboundBatch(int origin, long incarnation, int lane, int maxSize)
{
    private readonly MemoryStream _stream = new(HubBatch.HeaderLength);
    private readonly Queue<(long Sequence, long Total)> _unacknowledged = [];
    private BinaryWriter? _writer;
    private long _total;
    private long _acknowledged;
    private int _count;

    /// <summary>The number of the next batch.</summary>
    public long Sequence { get; private set; }

    public bool IsEmpty => _count == 0;

    public bool IsFull => _stream.Length >= maxSize;

    /// <summary>Events in the batch.</summary>
    public int Count => _count;

    /// <summary>Bytes that were sent and that not everybody has got.</summary>
    public long Unacknowledged => _total - _acknowledged;

    public void Add(HubEvent hubEvent)
    {
        if (IsEmpty)
            _stream.SetLength(_stream.Position = HubBatch.HeaderLength);
        HubWire.Write(_writer ??= new BinaryWriter(_stream), hubEvent);
        _count++;
    }

    /// <summary>What would be under way if the batch were sent.</summary>
    public long UnacknowledgedWithThis => Unacknowledged + _stream.Length;

    /// <summary>Ends the batch without sending it. Its number is used up all the same, so that others notice.</summary>
    public void Drop()
    {
        _count = 0;
        Sequence++;
    }

    /// <summary>Ends the batch, to be sent.</summary>
    public HubBatch Take()
    {
        var bytes = _stream.ToArray();
        HubBatch.WriteHeader(bytes, origin, incarnation, lane, Sequence, _count);
        _count = 0;
        _total += bytes.Length;
        _unacknowledged.Enqueue((Sequence, _total));
        Sequence++;
        return new HubBatch(bytes);
    }

    /// <summary>Everybody has got what is before this number.</summary>
    public void Acknowledged(long next)
    {
        while (_unacknowledged.TryPeek(out var oldest) && oldest.Sequence < next)
        {
            _acknowledged = oldest.Total;
            _unacknowledged.Dequeue();
        }
    }

    /// <summary>How far this node has come, and whom it hears.</summary>
    public HubBatch Heartbeat(IReadOnlyCollection<int> heard)
    {
        var bytes = new byte[HubBatch.HeaderLength + heard.Count * sizeof(int)];
        HubBatch.WriteHeader(bytes, origin, incarnation, lane, Sequence, 0);
        var at = HubBatch.HeaderLength;
        foreach (var node in heard)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), node);
            at += sizeof(int);
        }

        return new HubBatch(bytes);
    }
}
