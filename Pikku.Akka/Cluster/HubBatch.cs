using System.Buffers.Binary;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Events of one node for all other nodes, encoded once. The message header is followed by origin (4 bytes, the id of the node), incarnation of its lane (8),
/// lane (1), sequence (8), number of events (4), and the events. Little endian.
/// </summary>
/// <param name="Bytes">The whole message.</param>
internal sealed record HubBatch(byte[] Bytes)
{
    /// <summary>The code of the message.</summary>
    public const ushort Kind = 1;

    /// <summary>The offset of the events.</summary>
    public const int HeaderLength = CountAt + sizeof(int);

    private const int OriginAt = WireHeader.Length;
    private const int IncarnationAt = OriginAt + sizeof(int);
    private const int LaneAt = IncarnationAt + sizeof(long);
    private const int SequenceAt = LaneAt + sizeof(byte);
    private const int CountAt = SequenceAt + sizeof(long);

    /// <summary>The id of the publishing node, which changes with each start of its process.</summary>
    public int Origin => BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(OriginAt));

    /// <summary>
    /// The life of the lane: after a restart the lane counts its batches from 0 again. A later life has a higher number. The number is a counter of the process,
    /// and the origin changes with each start of the process, so that no clocks are compared.
    /// </summary>
    public long Incarnation => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(IncarnationAt));

    public int Lane => Bytes[LaneAt];

    /// <summary>The number of the batch in its lane, from 0.</summary>
    public long Sequence => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(SequenceAt));

    public int Count => BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(CountAt));

    /// <summary>The memory that the batch uses until it is delivered, in bytes. The overhead of each event is included, because it exceeds the length of small events.</summary>
    public long Weight => Bytes.Length + (long)Math.Max(0, Count) * HubEvent.Overhead;

    /// <summary>Creates a received batch. The lane that receives it reads the events.</summary>
    /// <param name="bytes">The whole message.</param>
    /// <param name="members">The length of its members.</param>
    /// <exception cref="InvalidDataException">The message is truncated.</exception>
    public static HubBatch Of(byte[] bytes, int members) =>
        members >= HeaderLength - WireHeader.Length ? new HubBatch(bytes) : throw new InvalidDataException("A batch of another node is truncated.");

    public static void WriteHeader(Span<byte> message, int origin, long incarnation, int lane, long sequence, int count)
    {
        WireHeader.Write(message, Kind);
        BinaryPrimitives.WriteInt32LittleEndian(message[OriginAt..], origin);
        BinaryPrimitives.WriteInt64LittleEndian(message[IncarnationAt..], incarnation);
        message[LaneAt] = (byte)lane;
        BinaryPrimitives.WriteInt64LittleEndian(message[SequenceAt..], sequence);
        BinaryPrimitives.WriteInt32LittleEndian(message[CountAt..], count);
    }

    /// <summary>Reads the events.</summary>
    /// <exception cref="InvalidDataException">The events can't be read.</exception>
    public List<HubEvent> Read()
    {
        var count = Count;
        var input = new WireReader(Bytes.AsSpan(HeaderLength));
        // Each event has at least one byte. The check prevents a false count from allocating memory.
        if ((uint)count > (uint)input.Left)
            throw new InvalidDataException("The number of events is beyond the end of the batch.");
        var events = new List<HubEvent>(count);
        for (var i = 0; i < count; i++)
            events.Add(EventWire.Read(ref input));
        return events;
    }
}
