using System.Buffers;
using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>Writes errors in the form of their messages (E1).</summary>
internal static class ErrorWriter
{
    public static void Write(FrameWriter output, in ReplyHead head, in ErrorInfo error, JsonSerializerOptions options)
    {
        var json = output.Json(options);
        if (head.Enveloped)
        {
            output.Write("{"u8);
            if (!ReplyWriter.WriteEnvelopeHead(output, head, first: true))
                output.Write(","u8);
            output.Write("\"error\":"u8);
            json.WriteStartObject();
            json.WriteString("name"u8, error.Name);
            json.WriteNumber("status"u8, error.Status);
            json.WriteString("message"u8, error.Message);
            WriteRest(json, error);
            json.WriteEndObject();
            json.Flush();
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("error"u8, error.Message);
            json.WriteString("errorName"u8, error.Name);
            WriteRest(json, error);
            json.Flush();
            ReplyWriter.WriteRoutingKey(output, head, first: false);
        }

        output.Write("}"u8);
    }

    private static void WriteRest(Utf8JsonWriter json, in ErrorInfo error)
    {
        if (error.ErrorId is not null)
            json.WriteString("errorId"u8, error.ErrorId);
        if (error.Details is null)
            return;
        json.WriteStartArray("details"u8);
        foreach (var detail in error.Details)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, detail.Path);
            json.WriteString("message"u8, detail.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
