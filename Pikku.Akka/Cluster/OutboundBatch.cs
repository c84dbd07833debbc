using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Cluster;

/// <summary>The batch that a lane currently fills. Not thread-safe: the lane owns it.</summary>
/// <param name="node">The unique id of this node in the cluster.</param>
/// <param name="origin">The life of this node.</param>
/// <param name="lane">The lane.</param>
/// <param name="maxSize">The maximum size of a batch in bytes.</param>
internal sealed class OutboundBatch(int node, Origin origin, int lane, int maxSize) : IBatchWriter
{
    // Upper limit of the bytes of an event in addition to its payload, topic and excluded channel: flags, lengths and the id of its type.
    private const int EventHeader = 48;
    // As EventHeader, of the write of a key: two stamps, lengths and the owner.
    private const int WriteHeader = 64;
    private const int MaxUtf8 = 3; // bytes for a UTF-16 code unit

    // A text that is not valid Unicode matches no name on any node. The writer accepts it, because an exception would restart the lane, which all topics share.
    private readonly WireWriter _output = new(HubBatch.HeaderLength, isStrict: false);
    private int _count;
    private long _publishedAt;
    private bool _acknowledgeAtOnce;

    /// <summary>Measures when the first event of a batch is added; null where nothing measures it.</summary>
    public TimeProvider? Clock { get; init; }

    public bool IsEmpty => _count == 0;

    public bool IsFull => _output.Length >= maxSize;

    /// <summary>True when the batch does not exceed its maximum size with the event. A single event may be larger than a batch.</summary>
    public bool HasRoomFor(ReplicatedEvent content) => IsEmpty || _output.Length + SizeOf((HubEvent)content) <= maxSize;

    public void Add(ReplicatedEvent content)
    {
        if (IsEmpty)
        {
            _output.Truncate(HubBatch.HeaderLength);
            _publishedAt = Clock is null ? 0 : HubLag.TimeOf(Clock);
        }

        var start = _output.Length;
        try
        {
            EventWire.Write(_output, (HubEvent)content);
            _count++;
            _acknowledgeAtOnce |= content.WaitsForOthers;
        }
        catch
        {
            // A partly written event would make all following events unreadable.
            _output.Truncate(start);
            throw;
        }
    }

    public void Clear() => (_count, _acknowledgeAtOnce) = (0, false);

    public ReplicatedBatch Take(long sequence)
    {
        var bytes = _output.ToArray();
        HubBatch.WriteHeader(bytes, node, origin, lane, sequence, _count, _acknowledgeAtOnce, _publishedAt);
        Clear();
        return new HubBatch(bytes);
    }

    private static long SizeOf(HubEvent hubEvent) =>
        EventHeader + (long)Math.Max(hubEvent.Message.Length, hubEvent.Payload.Length)
        + MaxUtf8 * (hubEvent.Topic.Length + (hubEvent.Except?.Length ?? 0))
        + (hubEvent.Write is { } write ? WriteHeader + MaxUtf8 * write.Key.Length + (write.Value?.Length ?? 0) : 0);
}
