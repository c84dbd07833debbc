using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>One published event, encoded once and shared by all of its subscribers.</summary>
/// <param name="topic">The topic; for a message to others the id of the user or of the channel.</param>
/// <param name="payload">JSON, or the bytes of a binary event, without an envelope; usually a part of <paramref name="message"/>.</param>
/// <param name="message">What subscribers without channel middleware get; shared by all of them.</param>
internal sealed class HubEvent(string topic, ReadOnlyMemory<byte> payload, EncodedMessage message)
{
    /// <summary>What an event takes beside its bytes: the object, the arrays and the string of its topic.</summary>
    public const int Overhead = 256;

    public string Topic { get; } = topic;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    public EncodedMessage Message { get; } = message;

    /// <summary>Whom <see cref="Topic"/> names.</summary>
    public HubAudience Audience { get; init; }

    /// <summary>True when the payload is not JSON but goes out as bytes.</summary>
    public bool IsBinary => Message.Kind == MessageKind.Binary;

    /// <summary>True when the payload goes out alone, without <c>{"topic":…,"data":…}</c>.</summary>
    public bool Raw { get; init; }

    /// <summary>The memory, in bytes, that it takes while it waits.</summary>
    public int Size => Message.Length + Overhead;

    /// <summary>The type that its publisher named, on the node that published it; null elsewhere.</summary>
    public TopicType? Type { get; init; }

    /// <summary>The same on every node: <see cref="TopicType.Id"/>; 0 when the publisher named none.</summary>
    public int TypeId { get; init; }

    /// <summary>The names of the channels whose connections get a message to a user; null for all. Set before it is published.</summary>
    public IReadOnlyList<string>? Channels { get; set; }

    /// <summary>The channel that must not get it; null for none.</summary>
    public string? Except { get; init; }

    /// <summary>What was published, on the node that published it; null elsewhere. For channel middleware, which only looks at it.</summary>
    public object? Original { get; init; }

    /// <summary>
    /// The payload as a type that a handler was subscribed for: a copy of its own, decoded. Handlers of many connections run at the same
    /// time, so they must not share <see cref="Original"/>, and an event must look the same on every node.
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
