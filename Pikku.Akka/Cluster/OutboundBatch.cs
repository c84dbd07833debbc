using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>The batch that a lane currently fills, and the sequence number of the lane. Not thread-safe: the lane owns it.</summary>
/// <param name="origin">The id of this node.</param>
/// <param name="incarnation">The life of the lane, <see cref="HubBatch.Incarnation"/>.</param>
/// <param name="lane">The lane.</param>
/// <param name="maxSize">The maximum size of a batch in bytes.</param>
internal sealed class OutboundBatch(int origin, long incarnation, int lane, int maxSize)
{
    // Upper limit of the bytes of an event in addition to its payload, topic and excluded channel: flags, lengths and the id of its type.
    private const int EventHeader = 32;
    private const int MaxUtf8 = 3; // bytes for a UTF-16 code unit

    // A text that is not valid Unicode matches no name on any node. The writer accepts it, because an exception would restart the lane, which all topics share.
    private readonly WireWriter _output = new(HubBatch.HeaderLength, isStrict: false);
    private int _count;

    /// <summary>The number of the next batch.</summary>
    public long Sequence { get; private set; }

    /// <summary>The life of the lane, <see cref="HubBatch.Incarnation"/>.</summary>
    public long Incarnation { get; } = incarnation;

    public bool IsEmpty => _count == 0;

    public bool IsFull => _output.Length >= maxSize;

    /// <summary>True when the batch does not exceed its maximum size with the event. A single event may be larger than a batch.</summary>
    public bool HasRoomFor(HubEvent hubEvent) => IsEmpty || _output.Length + SizeOf(hubEvent) <= maxSize;

    public void Add(HubEvent hubEvent)
    {
        if (IsEmpty)
            _output.Truncate(HubBatch.HeaderLength);
        var start = _output.Length;
        try
        {
            EventWire.Write(_output, hubEvent);
            _count++;
        }
        catch
        {
            // A partly written event would make all following events unreadable.
            _output.Truncate(start);
            throw;
        }
    }

    private static long SizeOf(HubEvent hubEvent) =>
        EventHeader + (long)Math.Max(hubEvent.Message.Length, hubEvent.Payload.Length)
        + MaxUtf8 * (hubEvent.Topic.Length + (hubEvent.Except?.Length ?? 0));

    /// <summary>Discards the batch. Its number is not used again, so that other nodes detect the gap.</summary>
    public void Drop()
    {
        _count = 0;
        Sequence++;
    }

    /// <summary>Completes the batch for sending, and begins the next one.</summary>
    public HubBatch Take()
    {
        var bytes = _output.ToArray();
        HubBatch.WriteHeader(bytes, origin, Incarnation, lane, Sequence, _count);
        _count = 0;
        Sequence++;
        return new HubBatch(bytes);
    }

    /// <summary>Creates a heartbeat with the sequence number of the lane.</summary>
    public HubHeartbeat Heartbeat(IReadOnlyCollection<int> heard) => new(origin, Incarnation, lane, Sequence, heard);
}
