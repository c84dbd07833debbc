using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>Writes the events of the hub (contract C4), each once for all of its subscribers.</summary>
/// <param name="options">How the application wants JSON written.</param>
internal sealed class EventWriter(JsonSerializerOptions options)
{
    /// <summary>Encodes an event: <c>{"topic":…,"data":…}</c>, or the payload alone.</summary>
    /// <exception cref="NotSupportedException">The event can't be serialised.</exception>
    /// <exception cref="JsonException">The event has a cycle or is too deep.</exception>
    public EventFrame Encode(string topic, object? data, JsonTypeInfo info, bool raw)
    {
        using var writer = FrameWriter.Rent(options);
        Begin(writer, topic, raw);
        var start = writer.Position;
        writer.WriteJson(data, info);
        return End(writer, start, raw);
    }

    /// <summary>As the other, for a payload that is JSON already: one that another node has published.</summary>
    public EventFrame Encode(string topic, ReadOnlySpan<byte> json, bool raw)
    {
        using var writer = FrameWriter.Rent(options);
        Begin(writer, topic, raw);
        var start = writer.Position;
        writer.Write(json);
        return End(writer, start, raw);
    }

    /// <summary>A binary event, which has no envelope.</summary>
    public static EventFrame Encode(ReadOnlySpan<byte> bytes)
    {
        var frame = FrameEncoder.Encode(Opcode.Binary, bytes);
        return new EventFrame(frame, frame.AsMemory(frame.Length - bytes.Length));
    }

    private static void Begin(FrameWriter writer, string topic, bool raw)
    {
        if (raw)
            return;
        writer.Write("{\"topic\":"u8);
        writer.BeginJson().WriteStringValue(topic);
        writer.EndJson();
        writer.Write(",\"data\":"u8);
    }

    private static EventFrame End(FrameWriter writer, int start, bool raw)
    {
        var length = writer.Position - start;
        var behind = 0;
        if (!raw)
        {
            writer.WriteByte((byte)'}');
            behind = 1;
        }

        var frame = writer.CompleteShared(Opcode.Text);
        return new EventFrame(frame, frame.AsMemory(frame.Length - behind - length, length));
    }
}
