using System.Text.Json;

namespace Pikku.Akka.EventHub;

/// <summary>One published event, encoded once and shared by all of its subscribers.</summary>
/// <param name="topic">The topic.</param>
/// <param name="payload">JSON, or the bytes of a binary event, without an envelope.</param>
/// <param name="frame">The complete WebSocket frame that subscribers without channel middleware get.</param>
internal sealed class HubEvent(string topic, ReadOnlyMemory<byte> payload, byte[] frame)
{
    public string Topic { get; } = topic;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    public byte[] Frame { get; } = frame;

    /// <summary>True when the payload is not JSON but goes out as a binary frame.</summary>
    public bool IsBinary { get; init; }

    /// <summary>True when the payload goes out alone, without <c>{"topic":…,"data":…}</c>.</summary>
    public bool Raw { get; init; }

    /// <summary>The channel that must not get it; null for none.</summary>
    public string? Except { get; init; }

    /// <summary>What was published, on the node that published it; null elsewhere.</summary>
    public object? Original { get; init; }

    /// <summary>The payload as a type that a handler was subscribed for.</summary>
    public T? As<T>(JsonSerializerOptions json) => this switch
    {
        { Original: T original } => original,
        { IsBinary: true } when typeof(T) == typeof(byte[]) => (T)(object)Payload.ToArray(),
        { IsBinary: true } when typeof(T) == typeof(ReadOnlyMemory<byte>) => (T)(object)Payload,
        _ => JsonSerializer.Deserialize<T>(Payload.Span, json),
    };
}
