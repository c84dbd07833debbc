using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>Writes replies in the form of their messages (contract B4, C1, C2).</summary>
internal static class ReplyWriter
{
    /// <summary>An acknowledgement: the reply of a function without a result.</summary>
    public static void WriteVoid(FrameWriter output, in ReplyHead head)
    {
        output.Write("{"u8);
        if (head.Enveloped)
            WriteEnvelopeHead(output, head, first: true);
        else
            WriteRoutingKey(output, head, first: true);
        output.Write("}"u8);
    }

    /// <summary>A reply with a value.</summary>
    public static void WriteValue(FrameWriter output, in ReplyHead head, object? value, JsonTypeInfo type)
    {
        if (head.Enveloped)
        {
            output.Write("{"u8);
            if (!WriteEnvelopeHead(output, head, first: true))
                output.Write(","u8);
            output.Write("\"data\":"u8);
            Serialize(output, value, type);
            output.Write("}"u8);
        }
        else
        {
            WriteFlat(output, head, value, type);
        }
    }

    /// <summary>The value alone.</summary>
    public static void Serialize(FrameWriter output, object? value, JsonTypeInfo type)
    {
        var json = output.Json(type.Options);
        JsonSerializer.Serialize(json, value, type);
        json.Flush();
    }

    /// <summary>Writes the routing key and its value.</summary>
    public static void WriteRoutingKey(FrameWriter output, in ReplyHead head, bool first)
    {
        if (!head.HasKey)
            return;
        if (!first)
            output.Write(","u8);
        output.Write(head.JsonKey);
        output.Write(":"u8);
        output.Write(head.Value);
    }

    /// <summary>Writes the routing key and the id.</summary>
    /// <returns>True when nothing has been written.</returns>
    public static bool WriteEnvelopeHead(FrameWriter output, in ReplyHead head, bool first)
    {
        WriteRoutingKey(output, head, first);
        first &= !head.HasKey;
        if (head.Id.IsEmpty)
            return first;
        output.Write(first ? "\"id\":"u8 : ",\"id\":"u8);
        output.Write(head.Id);
        return false;
    }

    // C1: the form depends on what the value turns out to be, so it is written first and looked at then.
    private static void WriteFlat(FrameWriter output, in ReplyHead head, object? value, JsonTypeInfo type)
    {
        Serialize(output, value, type);
        if (!head.HasKey)
            return;
        var written = output.Written;
        if (written[0] != (byte)'{')
        {
            WrapResult(output, head);
            return;
        }

        if (FlatData.Has(written, head.Key))
        {
            var copy = new ArrayBufferWriter<byte>(written.Length);
            FlatData.Without(written, head.Key, copy);
            output.Truncate(0);
            output.Write(copy.WrittenSpan);
        }

        // The routing key takes the place of the closing brace; an empty object has no property before it.
        var length = output.Written.Length - 1;
        var empty = output.Written[..length].TrimEnd(" \r\n\t"u8).Length == 1;
        output.Truncate(length);
        WriteRoutingKey(output, head, first: empty);
        output.Write("}"u8);
    }

    private static void WrapResult(FrameWriter output, in ReplyHead head)
    {
        var length = output.Written.Length;
        var value = ArrayPool<byte>.Shared.Rent(length);
        output.Written.CopyTo(value);
        output.Truncate(0);
        output.Write("{"u8);
        WriteRoutingKey(output, head, first: true);
        output.Write(",\"result\":"u8);
        output.Write(value.AsSpan(0, length));
        output.Write("}"u8);
        ArrayPool<byte>.Shared.Return(value);
    }
}
