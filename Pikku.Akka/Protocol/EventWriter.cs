using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Writes events with their topic (rule C4), and declared messages with their name. A raw event is only its payload and does not need this class.
/// </summary>
internal static class EventWriter
{
    private static ReadOnlySpan<byte> Topic => "{\"topic\":"u8;

    private static ReadOnlySpan<byte> Message => "{\"message\":"u8;

    /// <summary>Writes <c>{"topic":…,"data":…}</c> and returns where in it the payload is.</summary>
    /// <exception cref="NotSupportedException">The event cannot be serialized.</exception>
    /// <exception cref="JsonException">The event has a cycle or is too deep.</exception>
    public static Range WriteValue(PayloadWriter output, string topic, object? data, JsonTypeInfo type)
    {
        Begin(output, Topic, topic, type.Options);
        var start = output.Length;
        ReplyWriter.Serialize(output, data, type);
        return End(output, start);
    }

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

    private static Range End(PayloadWriter output, int start)
    {
        var end = output.Length;
        output.Write("}"u8);
        return start..end;
    }
}
