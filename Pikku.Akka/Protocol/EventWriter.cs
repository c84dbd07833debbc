using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Writes events with their topic (rule C4), and declared messages with their name. A raw event is only its payload and does not need this class.
/// </summary>
internal static class EventWriter
{
    private static ReadOnlySpan<byte> Topic => "{\"topic\":"u8;

    private static ReadOnlySpan<byte> Position => ",\"position\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    private static ReadOnlySpan<byte> Message => "{\"message\":"u8;

    /// <summary>Writes <c>{"topic":…,"data":…}</c> and returns where in it the payload is.</summary>
    /// <exception cref="NotSupportedException">The event cannot be serialized.</exception>
    /// <exception cref="JsonException">The event has a cycle or is too deep.</exception>
    public static Range WriteValue(PayloadWriter output, string topic, object? data, JsonTypeInfo type) => WriteValue(output, topic, data, type, "}"u8);

    /// <summary>As the other overload, for an event that ends with its number.</summary>
    /// <inheritdoc cref="WriteValue(PayloadWriter, string, object?, JsonTypeInfo)"/>
    /// <param name="output">Receives the message.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The event.</param>
    /// <param name="type">The type of the event.</param>
    /// <param name="end">The end of the message, behind the payload.</param>
    public static Range WriteValue(PayloadWriter output, string topic, object? data, JsonTypeInfo type, ReadOnlySpan<byte> end)
    {
        Begin(output, Topic, topic, type.Options);
        var start = output.Length;
        ReplyWriter.Serialize(output, data, type);
        var payload = start..output.Length;
        output.Write(end);
        return payload;
    }

    /// <summary>Writes <c>{"topic":…,"data":…}</c> with data that is JSON already, and returns where in it the payload is.</summary>
    public static Range WriteJson(PayloadWriter output, string topic, ReadOnlySpan<byte> data)
    {
        output.Write(Topic);
        using (var json = new Utf8JsonWriter(output))
            json.WriteStringValue(topic);
        output.Write(",\"data\":"u8);
        var start = output.Length;
        output.Write(data);
        var payload = start..output.Length;
        output.Write("}"u8);
        return payload;
    }

    /// <summary>Writes <c>{"topic":…,"position":…}</c>, which renews the position of a client (rule P3).</summary>
    public static void WriteRefresh(PayloadWriter output, string topic, string position)
    {
        output.Write(Topic);
        using (var json = new Utf8JsonWriter(output))
            json.WriteStringValue(topic);
        output.Write(Position);
        Encoding.ASCII.GetBytes(position, output);
        output.Write(End);
    }

    /// <summary>Writes <c>{"topic":…</c> and the end of a numbered event, which is the number without the event (rule P3).</summary>
    public static void WriteTick(PayloadWriter output, string topic, ReadOnlySpan<byte> end)
    {
        output.Write(Topic);
        using (var json = new Utf8JsonWriter(output))
            json.WriteStringValue(topic);
        output.Write(end);
    }

    /// <summary>The text of the number or of the position with which a message ends.</summary>
    public static ReadOnlySpan<byte> PositionOf(ReadOnlySpan<byte> message)
    {
        // The text has no quotes and no escapes.
        var text = message[..^End.Length];
        return text[(text.LastIndexOf((byte)'"') + 1)..];
    }

    /// <summary>The end of a numbered event, which begins behind its data.</summary>
    public static ReadOnlySpan<byte> NumberOf(ReadOnlySpan<byte> message) => message[WithoutNumber(message).Length..];

    /// <summary>An event without its number and without the brace that ends it.</summary>
    public static ReadOnlySpan<byte> WithoutNumber(ReadOnlySpan<byte> message) => message[..^(PositionOf(message).Length + ",\"at\":\""u8.Length + End.Length)];

    /// <summary>Writes <c>{"message":…,"data":…}</c>.</summary>
    /// <exception cref="NotSupportedException">The message cannot be serialized.</exception>
    /// <exception cref="JsonException">The message has a cycle or is too deep.</exception>
    public static void WriteNamed(PayloadWriter output, string name, object? data, JsonTypeInfo type)
    {
        Begin(output, Message, name, type.Options);
        ReplyWriter.Serialize(output, data, type);
        output.Write("}"u8);
    }

    /// <summary>As <see cref="WriteNamed"/>, for a payload that is JSON already.</summary>
    public static void WriteNamedJson(PayloadWriter output, string name, ReadOnlySpan<byte> json, JsonSerializerOptions options)
    {
        Begin(output, Message, name, options);
        output.Write(json);
        output.Write("}"u8);
    }

    private static void Begin(PayloadWriter output, ReadOnlySpan<byte> key, string name, JsonSerializerOptions options)
    {
        output.Write(key);
        var json = output.Json(options);
        json.WriteStringValue(name);
        json.Flush();
        output.Write(",\"data\":"u8);
    }
}
