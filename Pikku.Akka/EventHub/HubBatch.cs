using System.Buffers.Binary;

namespace Pikku.Akka.EventHub;

/// <summary>
/// Events of one node for all others, encoded once: origin (4 bytes, the node's incarnation), lane (1), sequence (8), number of events (4),
/// then the events; little endian. One without events is a heartbeat, which has the nodes that its origin hears instead.
/// </summary>
/// <param name="Bytes">The whole message.</param>
internal sealed record HubBatch(byte[] Bytes)
{
    public const int HeaderLength = 17;

    /// <summary>The incarnation of the node that published: another one after each start.</summary>
    public int Origin => BinaryPrimitives.ReadInt32LittleEndian(Bytes);

    public int Lane => Bytes[4];

    /// <summary>The number of the batch in its lane, from 0; for a heartbeat that of the next one.</summary>
    public long Sequence => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(5));

    public int Count => BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(13));

    public bool IsHeartbeat => Count == 0;

    /// <summary>What follows the header.</summary>
    public ReadOnlyMemory<byte> Body => Bytes.AsMemory(HeaderLength);

    public static void WriteHeader(Span<byte> header, int origin, int lane, long sequence, int count)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, origin);
        header[4] = (byte)lane;
        BinaryPrimitives.WriteInt64LittleEndian(header[5..], sequence);
        BinaryPrimitives.WriteInt32LittleEndian(header[13..], count);
    }
}
