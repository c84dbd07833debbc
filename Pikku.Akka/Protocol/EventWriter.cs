using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>Writes events with their topic (rule C4). A raw event is only its payload and does not need this class.</summary>
internal static class EventWriter
{
    /// <summary>Writes <c>{"topic":…,"data":…}</c> and returns where in it the payload is.</summary>
    /// <exception cref="NotSupportedException">The event cannot be serialized.</exception>
    /// <exception cref="JsonException">The event has a cycle or is too deep.</exception>
    public static Range WriteValue(PayloadWriter output, string topic, object? data, JsonTypeInfo type)
    {
        Begin(output, topic, type.Options);
        var start = output.Length;
        ReplyWriter.Serialize(output, data, type);
        return End(output, start);
    }

    private static void Begin(PayloadWriter output, string topic, JsonSerializerOptions options)
    {
        output.Write("{\"topic\":"u8);
        var json = output.Json(options);
        json.WriteStringValue(topic);
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
