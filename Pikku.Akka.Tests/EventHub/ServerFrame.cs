using System.Buffers.Binary;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>Reads the one frame of an event, as a client does.</summary>
internal static class ServerFrame
{
    public static byte Opcode(byte[] frame) => (byte)(frame[0] & 0x0F);

    public static ReadOnlySpan<byte> Message(byte[] frame)
    {
        Assert.Equal(0x80, frame[0] & 0xF0);
        var (start, length) = frame[1] switch
        {
            126 => (4, (long)BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2))),
            127 => (10, (long)BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(2))),
            var small => (2, small),
        };
        Assert.Equal(frame.Length, start + length);
        return frame.AsSpan(start);
    }
}
