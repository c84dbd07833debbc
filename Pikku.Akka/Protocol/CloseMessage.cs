using System.Buffers.Binary;
using System.Text;

namespace Pikku.Akka.Protocol;

/// <summary>
/// The last message of a connection: a code and a human-readable reason. The payload is the code in two bytes (big-endian), followed by the reason as UTF-8 of any
/// length. Each transport translates it, for example into a close frame or the end of a stream.
/// </summary>
internal static class CloseMessage
{
    /// <summary>The number of bytes of the code, which precedes the reason.</summary>
    public const int CodeSize = sizeof(ushort);

    /// <summary>RFC 6455 §7.1.5: stands for a close without a code, and is never sent.</summary>
    public const int NoCode = 1005;

    /// <summary>RFC 6455 §7.1.5: stands for the end of a connection without a close, and is never sent.</summary>
    public const int NoClose = 1006;

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
