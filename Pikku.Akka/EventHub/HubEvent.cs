using System.Globalization;
using System.Text.Json;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>One published event, encoded once and shared by all of its subscribers.</summary>
/// <param name="topic">The topic; for a message to a user or a connection the id of the user or of the channel.</param>
/// <param name="payload">JSON, or the bytes of a binary event, without an envelope; usually a part of <paramref name="message"/>.</param>
/// <param name="message">The message for subscribers without channel middleware, which all of them share. It has no number yet.</param>
internal sealed class HubEvent(string topic, ReadOnlyMemory<byte> payload, EncodedMessage message) : ReplicatedEvent(topic)
{
    /// <summary>The memory of an event in addition to its payload, in bytes: the object, the arrays and the string of its topic.</summary>
    public const int Overhead = 256;

    private EventForms? _forms;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>The message for subscribers without channel middleware that keep positions; all of them share it.</summary>
    public EncodedMessage Message { get; private set; } = message;

    /// <summary>The message without the number of the event, for subscribers that keep no position. Only the lane of the topic uses it.</summary>
    public EncodedMessage Plain => Number == 0 ? Message : (_forms ??= new EventForms(this)).Plain;

    /// <summary>The number of the event without the event, for subscribers that keep a position and do not get the event (rule P3). Only the lane uses it.</summary>
    public EncodedMessage Tick => (_forms ??= new EventForms(this)).Tick;

    /// <summary>The history of the topic; null when it has none. Set on the node of the publisher.</summary>
    public HistoryOptions? History { get; init; }

    public override bool IsOfTopic => Audience == HubAudience.Topic;

    /// <summary>The kind of receivers that <see cref="ReplicatedEvent.Topic"/> names.</summary>
    public HubAudience Audience { get; init; }

    /// <summary>True when the payload is sent as bytes and not as JSON.</summary>
    public bool IsBinary => Message.Kind == MessageKind.Binary;

    /// <summary>True when the payload is sent without the envelope <c>{"topic":…,"data":…}</c>.</summary>
    public bool Raw { get; init; }

    /// <summary>The memory that the event uses while it waits, in bytes.</summary>
    public override int Size => Message.Length + Overhead;

    /// <summary>The type that the publisher used, on the node of the publisher; null on other nodes.</summary>
    public TopicType? Type { get; init; }

    /// <summary>The id of the type, <see cref="TopicType.Id"/>, which is the same on every node; 0 when the publisher used no type.</summary>
    public int TypeId { get; init; }

    /// <summary>The names of the channels whose connections may receive a message to a user or a connection; null for all channels. Set before the message is published.</summary>
    public IReadOnlyList<string>? Channels { get; set; }

    /// <summary>The form of a declared message to a user or a connection on <c>pikku.v1</c>; null for an event and for any other message.</summary>
    public NamedMessage? Named { get; init; }

    /// <summary>The span of the publish; null when it is not recorded. Set before the message is published.</summary>
    public TraceContext? Trace { get; set; }

    /// <summary>The id of the channel that must not receive the event; null for none.</summary>
    public string? Except { get; init; }

    /// <summary>The published object, on the node of the publisher until the event is delivered; otherwise null. Channel middleware reads it.</summary>
    public object? Original { get; set; }

    /// <summary>The write of this node that <see cref="ReplicatedEvent.Write"/> removes, and only this one; null for any other write.</summary>
    public KeyedWrite? Removes { get; init; }

    /// <summary>True for an event of another node.</summary>
    public bool IsRemote { get; init; }

    /// <summary>The number as clients see it (rule P2).</summary>
    public string At => string.Create(CultureInfo.InvariantCulture, $"{Origin}.{Number}");

    /// <summary>Takes over the number that the publisher has given, which the message already contains.</summary>
    public HubEvent WithNumber(Origin origin, long number)
    {
        (Origin, Number) = (origin, number);
        return this;
    }

    public override void SetNumber(Origin origin, long number)
    {
        (Origin, Number) = (origin, number);
        Message = EventNumber.Append(Message, origin, number);
    }

    /// <summary>
    /// Called by the lane when the event is in the outboxes. A numbered event is kept for a long time, and its further forms are made again for the few that replay it.
    /// The outboxes still have the form of their transports, and a kept event must not hold it, because nothing accounts for its memory.
    /// </summary>
    public void EndDelivery()
    {
        Message = Message with { Form = null }; // other threads may read the message meanwhile: no other field changes, and a reference is written at once
        if (Number == 0)
            return;
        _forms = null;
        Original = null;
    }

    /// <summary>Decodes the payload for code of the application, as <see cref="As"/>, and refuses null where the type of the topic does not include it.</summary>
    /// <exception cref="JsonException">The payload is not a <typeparamref name="T"/>.</exception>
    public T Read<T>(JsonSerializerOptions json)
    {
        T? data;
        using (AmbientContext.Keep()) // converters are code of the application as well
            data = As<T>(json);
        return data is null && !TopicType<T>.For(json).MayBeNull
            ? throw new JsonException($"An event of topic '{Topic}' is null, which is not a valid {typeof(T)}.")
            : data!;
    }

    /// <summary>
    /// Decodes the payload as the type of a handler. Each call creates a copy: the handlers of many connections run at the same time, so they must not share
    /// <see cref="Original"/>, and an event must have the same content on every node.
    /// </summary>
    /// <exception cref="JsonException">The payload is not a <typeparamref name="T"/>.</exception>
    public T? As<T>(JsonSerializerOptions json)
    {
        if (!IsBinary)
            return JsonSerializer.Deserialize<T>(Payload.Span, json);
        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            return (T)(object)Payload;
        if (typeof(T) == typeof(Memory<byte>))
            return (T)(object)new Memory<byte>(Payload.ToArray());
        if (typeof(T).IsAssignableFrom(typeof(byte[])))
            return (T)(object)Payload.ToArray();
        throw new JsonException($"The event of topic '{Topic}' is binary and can't be read as {typeof(T)}.");
    }
}
