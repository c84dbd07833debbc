using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>Writes error frames (contract E1), in the form of the message that failed.</summary>
/// <param name="options">How the application wants JSON written.</param>
internal sealed class ErrorWriter(JsonSerializerOptions options)
{
    private static readonly JsonEncodedText s_error = JsonEncodedText.Encode("error");
    private static readonly JsonEncodedText s_errorName = JsonEncodedText.Encode("errorName");
    private static readonly JsonEncodedText s_errorId = JsonEncodedText.Encode("errorId");
    private static readonly JsonEncodedText s_name = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText s_status = JsonEncodedText.Encode("status");
    private static readonly JsonEncodedText s_message = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText s_details = JsonEncodedText.Encode("details");
    private static readonly JsonEncodedText s_path = JsonEncodedText.Encode("path");

    /// <param name="to">The message that failed; the default for an error that no message caused.</param>
    /// <param name="error">What the client is told.</param>
    public OutboundFrame Write(in Correlation to, in ErrorInfo error)
    {
        using var writer = FrameWriter.Rent(options);
        if (to.Enveloped)
            WriteEnveloped(writer, to, error);
        else
            WriteFlat(writer, to, error);
        return writer.Complete(Opcode.Text);
    }

    private static void WriteEnveloped(FrameWriter writer, in Correlation to, in ErrorInfo error)
    {
        writer.WriteByte((byte)'{');
        writer.Write(ReplyWriter.WriteKeyAndId(writer, to) ? ",\"error\":"u8 : "\"error\":"u8);

        var json = writer.BeginJson();
        json.WriteStartObject();
        json.WriteString(s_name, error.Name);
        json.WriteNumber(s_status, error.Status);
        json.WriteString(s_message, error.Message);
        WriteIdAndDetails(json, error);
        json.WriteEndObject();
        writer.EndJson();
        writer.WriteByte((byte)'}');
    }

    private static void WriteFlat(FrameWriter writer, in Correlation to, in ErrorInfo error)
    {
        var json = writer.BeginJson();
        json.WriteStartObject();
        json.WriteString(s_error, error.Message);
        json.WriteString(s_errorName, error.Name);
        WriteIdAndDetails(json, error);
        writer.EndJson();
        if (to.Key is not null)
        {
            writer.WriteByte((byte)',');
            ReplyWriter.WriteKeyAndId(writer, to);
        }

        writer.WriteByte((byte)'}');
    }

    private static void WriteIdAndDetails(Utf8JsonWriter json, in ErrorInfo error)
    {
        if (error.ErrorId is not null)
            json.WriteString(s_errorId, error.ErrorId);
        if (error.Details is not { } details)
            return;

        json.WriteStartArray(s_details);
        for (var i = 0; i < details.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString(s_path, details[i].Path);
            json.WriteString(s_message, details[i].Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
