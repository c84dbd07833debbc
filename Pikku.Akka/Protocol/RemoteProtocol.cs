using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The messages of server→client calls (L1).</summary>
internal static class RemoteProtocol
{
    public static ReadOnlySpan<byte> Request => "pikku-rpc-request"u8;

    public static ReadOnlySpan<byte> Response => "pikku-rpc-response"u8;

    public static ReadOnlySpan<byte> Pending => "pikku-rpc-pending"u8;

    /// <summary>What both kinds of answers contain: a cheap way to pass over everything else.</summary>
    public static ReadOnlySpan<byte> Mark => "pikku-rpc-"u8;

    /// <summary>Writes a call.</summary>
    public static void WriteRequest<T>(FrameWriter output, string id, string function, T? data, JsonSerializerOptions options)
    {
        var json = output.Json(options);
        json.WriteStartObject();
        json.WriteString("action"u8, Request);
        json.WriteString("id"u8, id);
        json.WriteString("funcName"u8, function);
        if (data is not null)
        {
            json.WritePropertyName("data"u8);
            JsonSerializer.Serialize(json, data, options);
        }

        json.WriteEndObject();
        json.Flush();
    }
}
