using System.Buffers.Binary;

namespace Pikku.Akka.EventHub;

/// <summary>
/// Events of one node for all others, encoded once: origin (4 bytes, the id of the node), incarnation of its lane (8), lane (1), sequence (8),
/// number of events (4), then the events; little endian. One without events is a heartbeat, which has the nodes that its origin hears instead.
/// </summary>
/// <param name="Bytes">The whole message.</param>
internal sealed record HubBatch(byte[] Bytes)
{
    public const int HeaderLength = 25;

    /// <summary>The node that published: another id after each start of its process.</summary>
    public int Origin => BinaryPrimitives.ReadInt32LittleEndian(Bytes);

    /// <summary>
    /// Which life of the lane: it begins to count anew when it was restarted. A later life has a higher number: they are counted within the
    /// process, and the origin is another one after each start of the process, so no clock is compared.
    /// </summary>
    public long Incarnation => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(4));

    public int Lane => Bytes[12];

    /// <summary>The number of the batch in its lane, from 0; for a heartbeat that of the next one.</summary>
    public long Sequence => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(13));

    public int Count => BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(21));

    public bool IsHeartbeat => Count == 0;

    /// <summary>The memory, in bytes, that it takes until it is delivered. Small events take more than they are long.</summary>
    public long Weight => Bytes.Length + (long)Count * HubEvent.Overhead;

    /// <summary>What follows the header.</summary>
    public ReadOnlyMemory<byte> Body => Bytes.AsMemory(HeaderLength);

    public static void WriteHeader(Span<byte> header, int origin, long incarnation, int lane, long sequence, int count)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, origin);
        BinaryPrimitives.WriteInt64LittleEndian(header[4..], incarnation);
        header[12] = (byte)lane;
        BinaryPrimitives.WriteInt64LittleEndian(header[13..], sequence);
        BinaryPrimitives.WriteInt32LittleEndian(header[21..], count);
    }
}
