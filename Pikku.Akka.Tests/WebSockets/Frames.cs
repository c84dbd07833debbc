using System.Buffers.Binary;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Parses frames as a client does (RFC 6455 §5.2), independently of the code that writes them.</summary>
internal static class Frames
{
    /// <summary>The first byte and the payload.</summary>
    public static (byte First, byte[] Payload) Decode(ReadOnlySpan<byte> frame)
    {
        Assert.Equal(0, frame[1] & 0x80);
        var (header, length) = (frame[1] & 0x7F) switch
        {
            126 => (4, BinaryPrimitives.ReadUInt16BigEndian(frame[2..])),
            127 => (10, (long)BinaryPrimitives.ReadUInt64BigEndian(frame[2..])),
            var small => (2, small),
        };
        Assert.Equal(header + length, frame.Length);
        return (frame[0], frame[header..].ToArray());
    }
}
