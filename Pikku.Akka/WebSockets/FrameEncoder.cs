using System.Buffers.Binary;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// Encodes messages as frames of a server (RFC 6455 §5.2): each message is one unmasked frame. Therefore the header depends only on the kind and the length of the
/// message, and on whether it is compressed, and is the same for every socket.
/// </summary>
internal static class FrameEncoder
{
    /// <summary>The longest header of an unmasked frame: two bytes and a length of 64 bits.</summary>
    public const int MaxHeaderSize = 2 + sizeof(ulong);

    private const int MaxControlPayload = 125; // §5.5
    private const byte Length16 = 126;
    private const byte Length64 = 127;

    // RFC 3629 §3: the marker of UTF-8 continuation bytes.
    private const int ContinuationMask = 0xC0;
    private const int Continuation = 0x80;

    /// <summary>Returns the size of the whole frame in bytes.</summary>
    public static int SizeOf(in EncodedMessage message)
    {
        var length = PayloadLengthOf(message);
        return HeaderSizeOf(length) + length;
    }

    /// <summary>Writes a whole frame, and returns its size.</summary>
    public static int Write(in EncodedMessage message, Span<byte> destination)
    {
        var length = PayloadLengthOf(message);
        var header = WriteHeader(destination, message, length);
        message.Span[..length].CopyTo(destination[header..]);
        return header + length;
    }

    /// <summary>Writes the header into the headroom of a message, which creates the frame without copying the payload.</summary>
    /// <remarks>
    /// Many writers may do this with one shared message at the same time, each for its own socket:
    /// <code>
    ///   headroom                          payload
    ///   ┌───────────────────┬──────────┬──────────────────────────┐
    ///   │ never read        │ 81 7E .. │ {"topic":"news","data":… │
    ///   └───────────────────┴──────────┴──────────────────────────┘
    ///                       ▲ A, B and C compare, and write these bytes if they are not there
    /// </code>
    /// This is safe without a lock. Only WebSocket transports write into the headroom of a shared message, and the header is a function of kind and length, so all
    /// of them write the same value to the same byte. If a writer finds all bytes in place, it can rely on them, because a correct byte never changes again.
    /// Otherwise it writes all bytes itself, and then reads its own bytes or equal ones. Writers compare first, so that the cache line of an event that is sent to
    /// thousands of sockets is written once and otherwise only read. A line that several processors write in turn would cost more than the copy that is avoided.
    /// </remarks>
    /// <param name="message">A message that has headroom.</param>
    public static ReadOnlyMemory<byte> WriteIntoHeadroom(in EncodedMessage message)
    {
        Span<byte> header = stackalloc byte[MaxHeaderSize];
        var length = PayloadLengthOf(message);
        var size = WriteHeader(header, message, length);
        var start = message.Offset - size;
        var place = message.Array.AsSpan(start, size);
        if (!header[..size].SequenceEqual(place))
            header[..size].CopyTo(place);
        return message.Array.AsMemory(start, size + length);
    }

    private static int WriteHeader(Span<byte> destination, in EncodedMessage message, int length)
    {
        destination[0] = (byte)(Opcode.Fin | (message.IsCompressed ? Opcode.Compressed : 0) | OpcodeOf(message.Kind));
        if (length <= MaxControlPayload)
        {
            destination[1] = (byte)length;
            return 2;
        }

        if (length <= ushort.MaxValue)
        {
            destination[1] = Length16;
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
            return 4;
        }

        destination[1] = Length64;
        BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)length);
        return MaxHeaderSize;
    }

    // §5.2: the shortest form of the length must be used.
    private static int HeaderSizeOf(int length) => length <= MaxControlPayload ? 2 : length <= ushort.MaxValue ? 4 : MaxHeaderSize;

    private static int OpcodeOf(MessageKind kind) => kind switch
    {
        MessageKind.Text => Opcode.Text,
        MessageKind.Binary => Opcode.Binary,
        MessageKind.Close => Opcode.Close,
        MessageKind.Ping => Opcode.Ping,
        _ => Opcode.Pong,
    };

    // A reason that is too long for a close frame is truncated between two characters.
    private static int PayloadLengthOf(in EncodedMessage message)
    {
        if (message.Kind != MessageKind.Close || message.Length <= MaxControlPayload)
            return message.Length;
        var payload = message.Span;
        var length = MaxControlPayload;
        while (length > CloseMessage.CodeSize && (payload[length] & ContinuationMask) == Continuation)
            length--;
        return length;
    }
}
