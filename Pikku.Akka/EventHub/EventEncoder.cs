using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Pikku.Akka.EventHub;

/// <summary>Turns what is published into the bytes that all subscribers share: one WebSocket frame, and the payload within it.</summary>
internal static class EventEncoder
{
    // RFC 6455 §5.2: FIN and the opcode; a server never masks (§5.1).
    private const byte TextFrame = 0x81;
    private const byte BinaryFrame = 0x82;

    /// <summary>Bytes that a thread keeps for its next event; larger buffers go, so that one large event does not stay in every thread.</summary>
    private const int KeptBuffer = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>Encodes one event.</summary>
    /// <exception cref="EventHubException">It can't be serialised, or is above <paramref name="maxSize"/>.</exception>
    public static HubEvent Encode<T>(string topic, T data, PublishOptions options, JsonSerializerOptions json, int maxSize)
    {
        if (TryGetBytes(data, out var bytes))
        {
            var frame = Frame(BinaryFrame, bytes.Span, topic, maxSize, out var start);
            return Event(topic, frame.AsMemory(start), frame, isBinary: true, data, options);
        }

        // Taken and not borrowed: a converter that publishes while it serialises would overwrite what is half done.
        var buffer = _buffer ?? new ArrayBufferWriter<byte>();
        _buffer = null;
        try
        {
            return EncodeJson(topic, data, options, json, maxSize, buffer);
        }
        finally
        {
            buffer.ResetWrittenCount();
            if (buffer.Capacity <= KeptBuffer)
                _buffer = buffer;
        }
    }

    private static HubEvent EncodeJson<T>(
        string topic, T data, PublishOptions options, JsonSerializerOptions json, int maxSize, ArrayBufferWriter<byte> buffer)
    {
        var payload = Write(topic, data, options.Raw, json, buffer);
        var message = buffer.WrittenSpan;

        // As Send does: a string alone goes out as its text, without quotes.
        if (options.Raw && message[0] == (byte)'"')
            return Event(topic, message.ToArray(), Frame(TextFrame, Unquote(message), topic, maxSize, out _), false, data, options);

        var frame = Frame(TextFrame, message, topic, maxSize, out var start);
        var (offset, length) = payload.GetOffsetAndLength(message.Length);
        return Event(topic, frame.AsMemory(start + offset, length), frame, false, data, options);
    }

    /// <summary>Writes the message.</summary>
    /// <returns>Where in it the payload is.</returns>
    private static Range Write<T>(string topic, T data, bool raw, JsonSerializerOptions json, ArrayBufferWriter<byte> buffer)
    {
        try
        {
            using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = json.Encoder, MaxDepth = json.MaxDepth });
            if (raw)
            {
                JsonSerializer.Serialize(writer, data, json);
                return Range.All;
            }

            writer.WriteStartObject();
            writer.WriteString("topic"u8, topic);
            writer.WritePropertyName("data"u8);
            var start = (int)(writer.BytesCommitted + writer.BytesPending);
            JsonSerializer.Serialize(writer, data, json);
            writer.WriteEndObject();
            return start..^1;
        }
        catch (Exception exception)
        {
            // Getters and converters are user code and may throw anything.
            throw new EventHubException(
                EventHubError.NotSerializable, $"The event of topic '{topic}' can't be serialised as {typeof(T)}.", exception);
        }
    }

    private static byte[] Frame(byte opcode, ReadOnlySpan<byte> message, string topic, int maxSize, out int start)
    {
        if (message.Length > maxSize)
            throw new EventHubException(EventHubError.TooLarge,
                $"The event of topic '{topic}' has {message.Length} bytes; pikku.event-hub.max-event-size allows {maxSize}.");

        // RFC 6455 §5.2: the shortest form of the length must be used.
        start = message.Length switch { < 126 => 2, <= ushort.MaxValue => 4, _ => 10 };
        var frame = GC.AllocateUninitializedArray<byte>(start + message.Length);
        frame[0] = opcode;
        switch (start)
        {
            case 2:
                frame[1] = (byte)message.Length;
                break;
            case 4:
                frame[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)message.Length);
                break;
            default:
                frame[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)message.Length);
                break;
        }

        message.CopyTo(frame.AsSpan(start));
        return frame;
    }

    private static byte[] Unquote(ReadOnlySpan<byte> jsonString)
    {
        var reader = new Utf8JsonReader(jsonString);
        reader.Read();
        var text = new byte[jsonString.Length];
        return text[..reader.CopyString(text)];
    }

    private static bool TryGetBytes<T>(T data, out ReadOnlyMemory<byte> bytes)
    {
        (var isBinary, bytes) = data switch
        {
            byte[] array => (true, array.AsMemory()),
            ReadOnlyMemory<byte> memory => (true, memory),
            Memory<byte> memory => (true, memory),
            _ => (false, ReadOnlyMemory<byte>.Empty),
        };
        return isBinary;
    }

    private static HubEvent Event(
        string topic, ReadOnlyMemory<byte> payload, byte[] frame, bool isBinary, object? original, PublishOptions options) =>
        new(topic, payload, frame) { IsBinary = isBinary, Raw = options.Raw, Except = options.Except, Original = original };
}
