using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>Writes the results of functions in the form of their messages (rules B4, C1–C3), directly into the payload of the message.</summary>
internal static class ReplyWriter
{
    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>An acknowledgement: the reply of a function without a result.</summary>
    public static void WriteVoid(PayloadWriter output, in ReplyHead head)
    {
        output.Write("{"u8);
        WriteKeyAndId(output, head);
        output.Write("}"u8);
    }

    /// <summary>A reply with a value; the value alone when the head is empty.</summary>
    /// <exception cref="NotSupportedException">The value cannot be serialized.</exception>
    /// <exception cref="JsonException">The value has a cycle or is too deep.</exception>
    public static void WriteValue(PayloadWriter output, in ReplyHead head, object? value, JsonTypeInfo type)
    {
        var front = Begin(output, head);
        Serialize(output, value, type);
        End(output, head, front, type);
    }

    /// <summary>A reply whose value is already JSON.</summary>
    public static void WriteJson(PayloadWriter output, in ReplyHead head, ReadOnlySpan<byte> json)
    {
        var front = Begin(output, head);
        output.Write(json.Trim(WhiteSpace));
        End(output, head, front, null);
    }

    /// <summary>An item of a stream: <c>{"action":…,"id":…,"item":…}</c>. Bytes are Base64.</summary>
    /// <exception cref="NotSupportedException">The item cannot be serialized.</exception>
    /// <exception cref="JsonException">The item has a cycle or is too deep.</exception>
    public static void WriteItem(PayloadWriter output, in ReplyHead head, object? item, JsonTypeInfo type)
    {
        output.Write("{"u8);
        output.Write(WriteKeyAndId(output, head) ? ",\"item\":"u8 : "\"item\":"u8);
        if (item is RawJson raw)
            output.Write(raw.Utf8);
        else
            Serialize(output, item, type);
        output.Write("}"u8);
    }

    /// <summary>The end of a stream: <c>{"action":…,"id":…,"done":true}</c>.</summary>
    public static void WriteDone(PayloadWriter output, in ReplyHead head)
    {
        output.Write("{"u8);
        output.Write(WriteKeyAndId(output, head) ? ",\"done\":true}"u8 : "\"done\":true}"u8);
    }

    /// <summary>
    /// A message without a routing property: a string as raw text, anything else as JSON. The caller sends bytes as a binary message.
    /// </summary>
    /// <exception cref="NotSupportedException">The value cannot be serialized.</exception>
    /// <exception cref="JsonException">The value has a cycle or is too deep.</exception>
    public static void WriteMessage(PayloadWriter output, object? value, JsonTypeInfo type)
    {
        if (value is string text)
            Encoding.UTF8.GetBytes(text, output);
        else
            Serialize(output, value, type);
    }

    /// <summary>The value alone.</summary>
    public static void Serialize(PayloadWriter output, object? value, JsonTypeInfo type)
    {
        var json = output.Json(type.Options);
        JsonSerializer.Serialize(json, value, type);
        json.Flush();
    }

    /// <summary>Writes the routing property, and in an envelope the id. True when anything was written.</summary>
    public static bool WriteKeyAndId(PayloadWriter output, in ReplyHead head)
    {
        if (head.HasKey)
        {
            output.Write(head.JsonKey);
            output.Write(":"u8);
            output.Write(head.Value);
        }

        if (!head.Enveloped || head.Id.IsEmpty)
            return head.HasKey;
        output.Write(head.HasKey ? ",\"id\":"u8 : "\"id\":"u8);
        output.Write(head.Id);
        return true;
    }

    /// <summary>
    /// Writes the part before a value and returns its length. Whether the value of a flat reply is an object, which needs no such part, shows only
    /// when it is written: then the part is dropped.
    /// </summary>
    private static int Begin(PayloadWriter output, in ReplyHead head)
    {
        if (!head.HasKey && !head.Enveloped)
            return 0;
        output.Write("{"u8);
        var any = WriteKeyAndId(output, head);
        var name = head.Enveloped ? ",\"data\":"u8 : ",\"result\":"u8;
        output.Write(any ? name : name[1..]);
        return output.Length;
    }

    private static void End(PayloadWriter output, in ReplyHead head, int front, JsonTypeInfo? type)
    {
        if (front == 0)
            return;
        if (head.Enveloped || output.Written[front] != '{')
        {
            output.Write("}"u8);
            return;
        }

        output.Drop(front);
        if (JsonObjectText.MayHold(output.Written, head.Key) && MayHold(type, head.Key))
            output.Truncate(JsonObjectText.Remove(output.Written, head.Key));

        // The closing brace, and the white space around it that raw JSON may contain.
        var members = output.Written.TrimEnd(WhiteSpace)[..^1].TrimEnd(WhiteSpace).Length;
        output.Truncate(members);
        if (members > 1)
            output.Write(","u8);
        WriteKeyAndId(output, head);
        output.Write("}"u8);
    }

    /// <summary>False when an object of this type can't have a property of that name at its top level.</summary>
    private static bool MayHold(JsonTypeInfo? type, ReadOnlySpan<byte> name)
    {
        // The serializer writes $type and $id, which are not properties of the type.
        if (type is not { Kind: JsonTypeInfoKind.Object, PolymorphismOptions: null } || name[0] == '$' || !Ascii.IsValid(name))
            return true;
        var properties = type.Properties;
        for (var i = 0; i < properties.Count; i++)
        {
            if (properties[i].IsExtensionData || Ascii.Equals(name, properties[i].Name))
                return true;
        }

        return false;
    }
}
