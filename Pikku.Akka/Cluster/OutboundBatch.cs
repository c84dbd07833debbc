using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>The batch that is being filled in one lane, and how far this node has come. Not thread-safe: the lane owns it.</summary>
/// <param name="origin">The id of this node.</param>
/// <param name="incarnation">Which life of the lane this is.</param>
/// <param name="lane">The lane.</param>
/// <param name="maxSize">At how many bytes a batch is full.</param>
internal sealed class OutboundBatch(int origin, long incarnation, int lane, int maxSize)
{
    // Beside its bytes, topic and exception an event has flags, lengths and the id of its type; far less than this.
    private const int EventHeader = 32;
    private const int MaxUtf8 = 3; // bytes for a UTF-16 code unit

    // A text that is not valid Unicode names nothing here or there. It must not fail the lane of everybody.
    private readonly WireWriter _output = new(HubBatch.HeaderLength, isStrict: false);
    private int _count;

    /// <summary>The number of the next batch.</summary>
    public long Sequence { get; private set; }

    /// <summary>Which life of the lane this is.</summary>
    public long Incarnation { get; } = incarnation;

    public bool IsEmpty => _count == 0;

    public bool IsFull => _output.Length >= maxSize;

    /// <summary>Events in the batch.</summary>
    public int Count => _count;

    /// <summary>The size that the batch is not to exceed; a single event may.</summary>
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
            // Half of an event would make all that follow it unreadable.
            _output.Truncate(start);
            throw;
        }
    }

    private static long SizeOf(HubEvent hubEvent) =>
        EventHeader + (long)Math.Max(hubEvent.Message.Length, hubEvent.Payload.Length)
        + MaxUtf8 * (hubEvent.Topic.Length + (hubEvent.Except?.Length ?? 0));

    /// <summary>Ends the batch without sending it. Its number is used up all the same, so that others notice.</summary>
    public void Drop()
    {
        _count = 0;
        Sequence++;
    }

    /// <summary>Ends the batch, to be sent.</summary>
    public HubBatch Take()
    {
        var bytes = _output.ToArray();
        HubBatch.WriteHeader(bytes, origin, Incarnation, lane, Sequence, _count);
        _count = 0;
        Sequence++;
        return new HubBatch(bytes);
    }

    /// <summary>How far this node has come, and whom it hears.</summary>
    public HubHeartbeat Heartbeat(IReadOnlyCollection<int> heard) => new(origin, Incarnation, lane, Sequence, heard);
}
