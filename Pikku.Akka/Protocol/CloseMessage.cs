using System.Buffers.Binary;
using System.Text;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The last message of a connection: a code and a reason for people. The payload is the code in two bytes, most significant first, and the
/// reason as UTF-8, of any length. Each transport makes of it what it has: a close frame, or the end of a stream.
/// </summary>
internal static class CloseMessage
{
    /// <summary>The bytes of the code, in front of the reason.</summary>
    public const int CodeSize = sizeof(ushort);

    public static EncodedMessage Encode(CloseCode code, string reason)
    {
        var message = EncodedMessage.Allocate(MessageKind.Close, CodeSize + Encoding.UTF8.GetByteCount(reason), out var payload);
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(reason, payload[CodeSize..]);
        return message;
    }

    public static CloseCode CodeOf(in EncodedMessage message) => (CloseCode)BinaryPrimitives.ReadUInt16BigEndian(message.Span);

    /// <summary>The reason, as UTF-8.</summary>
    public static ReadOnlySpan<byte> ReasonOf(in EncodedMessage message) => message.Span[CodeSize..];
}
