using System.Buffers.Binary;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Events of one node for all other nodes, encoded once. The message header is followed by the node (4 bytes, its unique id in the cluster), its origin (8),
/// lane (1), flags (1), sequence (8), number of events (4), the time of the first publish (8), and the events. Little endian. A node that repeats the batch of another one sends the same bytes.
/// </summary>
/// <param name="bytes">The whole message.</param>
internal sealed class HubBatch(byte[] bytes) : ReplicatedBatch
{
    /// <summary>The code of the message.</summary>
    public const ushort Kind = 1;

    /// <summary>The offset of the events.</summary>
    public const int HeaderLength = PublishedAt + sizeof(long);

    private const int NodeAt = WireHeader.Length;
    private const int OriginAt = NodeAt + sizeof(int);
    private const int LaneAt = OriginAt + sizeof(ulong);
    private const int FlagsAt = LaneAt + sizeof(byte);
    private const int SequenceAt = FlagsAt + sizeof(byte);
    private const int CountAt = SequenceAt + sizeof(long);
    private const int PublishedAt = CountAt + sizeof(int);
    private const byte AcknowledgeAtOnce = 1;

    private List<HubEvent>? _events;
    private HubLag? _lag;
    private InvalidDataException? _error;

    /// <summary>The whole message.</summary>
    public byte[] Bytes => bytes;

    public override int Node => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(NodeAt));

    /// <summary>The life of the publishing node.</summary>
    public Origin Origin => new(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(OriginAt)));

    public int Lane => bytes[LaneAt];

    public override bool IsAcknowledgedAtOnce => (bytes[FlagsAt] & AcknowledgeAtOnce) != 0;

    public override long Sequence => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(SequenceAt));

    public int Count => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(CountAt));

    /// <summary>
    /// The memory that the batch uses until it is delivered, in bytes: the message, which is kept for other nodes afterwards, and the events that were read from it, each with
    /// a copy of its bytes and its own objects.
    /// </summary>
    public override long Weight => 2L * bytes.Length + (long)Math.Max(0, Count) * HubEvent.Overhead;

    public override int Size => bytes.Length;

    /// <summary>Creates a received batch.</summary>
    /// <param name="bytes">The whole message.</param>
    /// <param name="members">The length of its members.</param>
    /// <exception cref="InvalidDataException">The message is truncated.</exception>
    public static HubBatch Of(byte[] bytes, int members) =>
        members >= HeaderLength - WireHeader.Length ? new HubBatch(bytes) : throw new InvalidDataException("A batch of another node is truncated.");

    /// <summary>Writes everything in front of the events.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="node">The publishing node.</param>
    /// <param name="origin">Its life.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="sequence">The number of the batch.</param>
    /// <param name="count">The number of events.</param>
    /// <param name="acknowledgeAtOnce">True when a publisher waits for the acknowledgement.</param>
    /// <param name="publishedAt">When the first event was published, in microseconds since 1970; 0 where nothing measures it.</param>
    public static void WriteHeader(Span<byte> message, int node, Origin origin, int lane, long sequence, int count, bool acknowledgeAtOnce, long publishedAt)
    {
        WireHeader.Write(message, Kind);
        BinaryPrimitives.WriteInt32LittleEndian(message[NodeAt..], node);
        BinaryPrimitives.WriteUInt64LittleEndian(message[OriginAt..], origin.Value);
        message[LaneAt] = (byte)lane;
        message[FlagsAt] = acknowledgeAtOnce ? AcknowledgeAtOnce : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(message[SequenceAt..], sequence);
        BinaryPrimitives.WriteInt32LittleEndian(message[CountAt..], count);
        BinaryPrimitives.WriteInt64LittleEndian(message[PublishedAt..], publishedAt);
    }

    /// <summary>Reads the events ahead, on another thread than that of the lane.</summary>
    /// <param name="lag">Measures when the lane reads them.</param>
    public void ReadAhead(HubLag lag)
    {
        _lag = lag;
        try
        {
            _events = Decode();
        }
        catch (InvalidDataException error)
        {
            _error = error;
        }
    }

    public override IReadOnlyList<ReplicatedEvent> Read()
    {
        if (_error is not null)
            throw _error;
        Interlocked.Exchange(ref _lag, null)?.Measure(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(PublishedAt)));
        // The lane reads a batch once, and keeps its bytes for other nodes. The events must not be kept with them.
        return Interlocked.Exchange(ref _events, null) ?? Decode();
    }

    private List<HubEvent> Decode()
    {
        var count = Count;
        var input = new WireReader(bytes.AsSpan(HeaderLength));
        // Each event has at least one byte. The check prevents a false count from allocating memory.
        if ((uint)count > (uint)input.Left)
            throw new InvalidDataException("The number of events is beyond the end of the batch.");
        var events = new List<HubEvent>(count);
        var origin = Origin;
        for (var i = 0; i < count; i++)
            events.Add(EventWire.Read(ref input, origin, i > 0 ? events[i - 1].Topic : null));
        return events;
    }
}
