using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>Writes what functions return and channels send (contract C1–C3), each straight into its frame.</summary>
/// <param name="options">How the application wants JSON written.</param>
internal sealed class ReplyWriter(JsonSerializerOptions options)
{
    /// <summary>The reply of a function, in the form of its message; bytes in the flat form are a binary frame.</summary>
    /// <exception cref="NotSupportedException">The value can't be serialised.</exception>
    /// <exception cref="JsonException">The value has a cycle or is too deep.</exception>
    public OutboundFrame Reply(in Correlation to, object? value, ReplyType type)
    {
        if (type.IsVoid)
            return Acknowledge(to);
        if (!to.Enveloped && AsBytes(value, out var bytes))
            return Binary(bytes.Span);
        if (!to.Enveloped && to.Key is null)
            return Message(value, type.Info!);

        using var writer = FrameWriter.Rent(options);
        var start = Begin(writer, to);
        writer.WriteJson(value, type.Info!);
        return End(writer, to, start, type.MayHoldKey);
    }

    /// <summary>The reply of a function that channel middleware has made into JSON.</summary>
    public OutboundFrame Reply(in Correlation to, JsonNode? value)
    {
        if (!to.Enveloped && to.Key is null)
            return Message(value);

        using var writer = FrameWriter.Rent(options);
        var start = Begin(writer, to);
        WriteNode(writer, value);
        return End(writer, to, start, mayHoldKey: true);
    }

    /// <summary>The reply of a function that is JSON already.</summary>
    public OutboundFrame Reply(in Correlation to, ReadOnlySpan<byte> json)
    {
        if (!to.Enveloped && to.Key is null)
            return Message(json);

        using var writer = FrameWriter.Rent(options);
        var start = Begin(writer, to);
        writer.Write(json.Trim(" \t\r\n"u8));
        return End(writer, to, start, mayHoldKey: true);
    }

    /// <summary>The reply of a function that returned nothing, or was not called.</summary>
    public OutboundFrame Acknowledge(in Correlation to)
    {
        using var writer = FrameWriter.Rent(options);
        writer.WriteByte((byte)'{');
        WriteKeyAndId(writer, to);
        writer.WriteByte((byte)'}');
        return writer.Complete(Opcode.Text);
    }

    /// <summary>A message that answers nothing: a string as raw text, bytes as a binary frame, anything else as JSON.</summary>
    /// <exception cref="NotSupportedException">The value can't be serialised.</exception>
    /// <exception cref="JsonException">The value has a cycle or is too deep.</exception>
    public OutboundFrame Message(object? value, JsonTypeInfo info)
    {
        if (value is string text)
            return Text(text);
        if (AsBytes(value, out var bytes))
            return Binary(bytes.Span);

        using var writer = FrameWriter.Rent(options);
        writer.WriteJson(value, info);
        return writer.Complete(Opcode.Text);
    }

    /// <summary>A message that channel middleware has made into JSON; a string as raw text.</summary>
    public OutboundFrame Message(JsonNode? value)
    {
        if (value is JsonValue scalar && scalar.TryGetValue<string>(out var text))
            return Text(text);

        using var writer = FrameWriter.Rent(options);
        WriteNode(writer, value);
        return writer.Complete(Opcode.Text);
    }

    /// <summary>A message that is JSON already.</summary>
    public OutboundFrame Message(ReadOnlySpan<byte> json) => Raw(Opcode.Text, json);

    public OutboundFrame Text(string text)
    {
        using var writer = FrameWriter.Rent(options);
        writer.WriteText(text);
        return writer.Complete(Opcode.Text);
    }

    public OutboundFrame Binary(ReadOnlySpan<byte> bytes) => Raw(Opcode.Binary, bytes);

    /// <summary>The routing property and the id, the first without a comma in front. True when anything was written.</summary>
    internal static bool WriteKeyAndId(FrameWriter writer, in Correlation to)
    {
        var any = false;
        if (to.Key is { } key)
        {
            writer.Write(key.Property);
            writer.Write(to.KeyValue.Span);
            any = true;
        }

        if (to.Enveloped && !to.Id.IsEmpty)
        {
            writer.Write(any ? ",\"id\":"u8 : "\"id\":"u8);
            writer.Write(to.Id.Span);
            any = true;
        }

        return any;
    }

    /// <summary>
    /// Writes what stands before a value and returns where the value begins. Of a flat reply only the value itself shows whether it is
    /// an object, which needs no front: then the frame begins at the value, and the header overwrites the front.
    /// </summary>
    private static int Begin(FrameWriter writer, in Correlation to)
    {
        writer.WriteByte((byte)'{');
        var any = WriteKeyAndId(writer, to);
        var name = to.Enveloped ? ",\"data\":"u8 : ",\"result\":"u8;
        writer.Write(any ? name : name[1..]);
        return writer.Position;
    }

    private static OutboundFrame End(FrameWriter writer, in Correlation to, int start, bool mayHoldKey)
    {
        if (to.Enveloped || writer.WrittenFrom(start) is not [(byte)'{', ..])
        {
            writer.WriteByte((byte)'}');
            return writer.Complete(Opcode.Text);
        }

        var key = to.Key!;
        if (mayHoldKey && JsonObjectText.MayHold(writer.WrittenFrom(start), key.Utf8))
            writer.CutAt(start + JsonObjectText.Remove(writer.WrittenFrom(start), key.Utf8));

        // A converter may write raw JSON with white space at its end.
        var members = writer.WrittenFrom(start).TrimEnd(" \t\r\n"u8)[..^1].TrimEnd(" \t\r\n"u8);
        writer.CutAt(start + members.Length);
        if (members.Length > 1)
            writer.WriteByte((byte)',');
        writer.Write(key.Property);
        writer.Write(to.KeyValue.Span);
        writer.WriteByte((byte)'}');
        return writer.Complete(Opcode.Text, start);
    }

    private static bool AsBytes(object? value, out ReadOnlyMemory<byte> bytes)
    {
        switch (value)
        {
            case byte[] array:
                bytes = array;
                return true;
            case ReadOnlyMemory<byte> memory:
                bytes = memory;
                return true;
            case Memory<byte> memory:
                bytes = memory;
                return true;
            default:
                bytes = default;
                return false;
        }
    }

    private void WriteNode(FrameWriter writer, JsonNode? value)
    {
        if (value is null)
        {
            writer.Write("null"u8);
            return;
        }

        value.WriteTo(writer.BeginJson(), options);
        writer.EndJson();
    }

    private OutboundFrame Raw(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using var writer = FrameWriter.Rent(options);
        writer.Write(payload);
        return writer.Complete(opcode);
    }
}
