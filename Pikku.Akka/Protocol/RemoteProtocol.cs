using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The messages of server→client calls, in the form of Pikku's clients (rule L1).</summary>
internal static class RemoteProtocol
{
    /// <summary>The property that names these messages, regardless of the routing keys of a channel.</summary>
    public const string Key = "action";

    public static ReadOnlySpan<byte> Request => "pikku-rpc-request"u8;

    public static ReadOnlySpan<byte> Response => "pikku-rpc-response"u8;

    public static ReadOnlySpan<byte> Pending => "pikku-rpc-pending"u8;

    /// <summary>A text that all of these messages contain, for a quick check.</summary>
    public static ReadOnlySpan<byte> Mark => "pikku-rpc-"u8;

    /// <summary>Writes a call.</summary>
    /// <exception cref="NotSupportedException">The argument cannot be serialized.</exception>
    /// <exception cref="JsonException">The argument has a cycle or is too deep.</exception>
    public static void WriteRequest<T>(PayloadWriter output, string id, string function, T? data, JsonSerializerOptions options)
    {
        var json = output.Json(options);
        json.WriteStartObject();
        json.WriteString("action"u8, Request);
        json.WriteString("id"u8, id);
        json.WriteString("funcName"u8, function);
        json.Flush();
        if (data is not null)
        {
            // Written separately, so that the envelope does not count as a level of its depth.
            output.Write(",\"data\":"u8);
            if (data is RawJson raw)
                output.Write(raw.Utf8);
            else
                ReplyWriter.Serialize(output, data, options.GetTypeInfo(typeof(T)));
        }

        output.Write("}"u8);
    }

    /// <summary>True when the property <see cref="Key"/> of a message makes it one of these messages.</summary>
    public static bool IsRpc(ReadOnlySpan<byte> message, in PropertySlot key)
    {
        if (key.Kind != JsonTokenType.String)
            return false;
        var action = key.Text(message);
        return JsonText.Equals(action, key.Escaped, Response)
            || JsonText.Equals(action, key.Escaped, Pending)
            || JsonText.Equals(action, key.Escaped, Request);
    }
}
