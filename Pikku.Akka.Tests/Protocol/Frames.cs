using System.Buffers.Binary;
using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

/// <summary>Reads frames like a client (RFC 6455 §5.2), independently of the code that writes them.</summary>
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

    /// <summary>The payload of a text frame; the frame is returned to the pool.</summary>
    public static string Text(this OutboundFrame frame)
    {
        var (first, payload) = Decode(frame.Span);
        frame.Return();
        Assert.Equal(0x81, first);
        return new UTF8Encoding(false, true).GetString(payload);
    }
}
