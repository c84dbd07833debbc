using System.Text.Json;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

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
        NamedMessage? named = null, HistoryOptions? history = null)
    {
        if (history is not null)
            return EncodeKept(topic, data, options, json, maxSize, history);
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

    /// <summary>Encodes the event that writes an entry of a presence or state topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The event as JSON.</param>
    /// <param name="write">The write.</param>
    /// <param name="history">The history of the topic.</param>
    /// <param name="maxSize">The largest event, in bytes.</param>
    /// <param name="removes">The write that it removes; null for any other write.</param>
    /// <param name="isReplicatedToAll">See <see cref="ReplicatedEvent.IsReplicatedToAll"/>.</param>
    /// <exception cref="EventHubException">The event is larger than <paramref name="maxSize"/>.</exception>
    public static HubEvent EncodeKeyed(
        string topic, ReadOnlySpan<byte> data, KeyedWrite write, HistoryOptions history, int maxSize, KeyedWrite? removes = null, bool isReplicatedToAll = false)
    {
        using var writer = PayloadWriter.Rent();
        var payload = EventWriter.WriteJson(writer, topic, data);
        Check(writer.Length, topic, maxSize);
        var message = EventNumber.Allocate(writer.Written);
        return new HubEvent(topic, message.Memory[payload], message)
        {
            History = history, Write = write, Removes = removes, IsReplicatedToAll = isReplicatedToAll,
        };
    }

    // An event of a topic with history has an envelope in each case, which contains its number.
    private static HubEvent EncodeKept<T>(string topic, T data, PublishOptions options, JsonSerializerOptions json, int maxSize, HistoryOptions history)
    {
        if (options.PayloadOnly)
            throw new EventHubException(EventHubErrorReason.NotSerializable,
                $"The topic '{topic}' keeps a history, so its events carry their number and can't be sent without an envelope; publish without {nameof(PublishOptions.PayloadOnly)}, or remove WithHistory.");
        if (BinaryValue.TryGet(data, out _))
            throw new EventHubException(EventHubErrorReason.NotSerializable,
                $"The topic '{topic}' keeps a history, so its events carry their number and can't be bytes; publish a value that is JSON, or remove WithHistory.");
        using var writer = PayloadWriter.Rent();
        var payload = Write(writer, topic, data, raw: false, json);
        Check(writer.Length, topic, maxSize);
        return Event(topic, EventNumber.Allocate(writer.Written), payload, data, options, HubAudience.Topic, TypeOf<T>(HubAudience.Topic, json), history: history);
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
        NamedMessage? named = null, HistoryOptions? history = null) =>
        Event(topic, message, message.Memory[payload], original, options, audience, type, named, history);

    private static HubEvent Event(
        string topic, in EncodedMessage message, ReadOnlyMemory<byte> payload, object? original, PublishOptions options, HubAudience audience,
        TopicType? type, NamedMessage? named, HistoryOptions? history = null) => new(topic, payload, message)
        {
            Named = named, History = history, IsReplicated = options.Durability == EventDurability.Replicated,
            Audience = audience, Raw = options.PayloadOnly, Original = original,
            // No channel id is this long, so a longer one excludes no connection. It is dropped because it could exceed the size limit of messages between nodes.
            Except = options.ExceptChannelId is { Length: <= MaxChannelId } except ? except : null,
            Type = type, TypeId = type?.Id ?? 0,
        };
}
