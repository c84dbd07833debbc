using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>Encodes a published value once, as the message that all subscribers share and the payload within it.</summary>
internal static class EventEncoder
{
    private const int MaxChannelId = 256; // characters; several times the length of a channel id

    /// <summary>Encodes a message for a user or a channel, in the form of <see cref="IPikkuChannel.TrySend{T}"/>.</summary>
    /// <param name="audience">A user or a channel.</param>
    /// <param name="id">The id of the user or of the channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="json">The JSON options of the application.</param>
    /// <param name="maxSize">The largest message, in bytes.</param>
    /// <param name="name">The name of a declared message; null for any other message.</param>
    /// <exception cref="EventHubException">The message can't be serialized, or it is larger than <paramref name="maxSize"/>.</exception>
    public static HubEvent EncodeMessage<T>(HubAudience audience, string id, T message, JsonSerializerOptions json, int maxSize, string? name = null) =>
        Encode(id, message, new PublishOptions { PayloadOnly = true }, json, maxSize, audience, name is null ? null : new NamedMessage(name));

    /// <summary>Encodes one event.</summary>
    /// <exception cref="EventHubException">The value can't be serialized, or it is larger than <paramref name="maxSize"/>.</exception>
    public static HubEvent Encode<T>(
        string topic, T data, PublishOptions options, JsonSerializerOptions json, int maxSize, HubAudience audience = HubAudience.Topic,
        NamedMessage? named = null)
    {
        if (BinaryValue.TryGet(data, out var bytes))
        {
            Check(bytes.Length, topic, maxSize);
            var binary = EncodedMessage.Copy(MessageKind.Binary, bytes.Span);
            return Event(topic, binary, Range.All, data, options, audience, TypeOf<T>(audience, json));
        }

        using var writer = PayloadWriter.Rent();
        var payload = Write(writer, topic, data, options.PayloadOnly, json);
        Check(writer.Length, topic, maxSize);

        // As in TrySend: a message that is only a string is sent as its text, without quotes.
        if (options.PayloadOnly && writer.Written[0] == (byte)'"' && (audience == HubAudience.Topic || data is string))
            return Event(topic, EncodedMessage.Copy(MessageKind.Text, Unquote(writer.Written)), writer.Written.ToArray(), data, options, audience, TypeOf<T>(audience, json), named);

        return Event(topic, writer.ToSharedMessage(MessageKind.Text), payload, data, options, audience, TypeOf<T>(audience, json), named);
    }

    // Returns the range of the payload within the written bytes.
    private static Range Write<T>(PayloadWriter writer, string topic, T data, bool raw, JsonSerializerOptions json)
    {
        try
        {
            var type = json.GetTypeInfo(typeof(T));
            if (!raw)
                return EventWriter.WriteValue(writer, topic, data, type);
            ReplyWriter.Serialize(writer, data, type);
            return Range.All;
        }
        catch (Exception exception)
        {
            // Getters and converters are code of the application and may throw any exception.
            throw new EventHubException(
                EventHubErrorReason.NotSerializable, $"The event of topic '{topic}' can't be serialized as {typeof(T)}.", exception);
        }
    }

    private static void Check(int size, string topic, int maxSize)
    {
        if (size > maxSize)
            throw new EventHubException(EventHubErrorReason.TooLarge,
                $"The event of topic '{topic}' has {size} bytes; pikku.event-hub.max-event-size allows {maxSize}.");
    }

    // A message to a user or a channel has no topic, so it has no topic type.
    private static TopicType<T>? TypeOf<T>(HubAudience audience, JsonSerializerOptions json) => audience == HubAudience.Topic ? TopicType<T>.For(json) : null;

    /// <summary>Decodes a JSON string to its text, which is what a raw publish sends.</summary>
    public static byte[] Unquote(ReadOnlySpan<byte> jsonString)
    {
        var reader = new Utf8JsonReader(jsonString);
        reader.Read();
        var text = new byte[jsonString.Length];
        return text[..reader.CopyString(text)];
    }

    private static HubEvent Event(
        string topic, in EncodedMessage message, Range payload, object? original, PublishOptions options, HubAudience audience, TopicType? type,
        NamedMessage? named = null) =>
        Event(topic, message, message.Memory[payload], original, options, audience, type, named);

    private static HubEvent Event(
        string topic, in EncodedMessage message, ReadOnlyMemory<byte> payload, object? original, PublishOptions options, HubAudience audience,
        TopicType? type, NamedMessage? named) => new(topic, payload, message)
        {
            Named = named,
            Audience = audience, Raw = options.PayloadOnly, Original = original, IsReplicated = options.Durability == EventDurability.Replicated,
            // No channel id is this long, so a longer one excludes no connection. It is dropped because it could exceed the size limit of messages between nodes.
            Except = options.ExceptChannelId is { Length: <= MaxChannelId } except ? except : null,
            Type = type, TypeId = type?.Id ?? 0,
        };
}
