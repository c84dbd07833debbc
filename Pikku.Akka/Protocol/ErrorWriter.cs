using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>Writes errors in the form of the messages that failed (rule E1).</summary>
internal static class ErrorWriter
{
    private const int Depth = 4; // the error, its details, one detail, and its value

    private static readonly JsonEncodedText s_error = JsonEncodedText.Encode("error");
    private static readonly JsonEncodedText s_errorName = JsonEncodedText.Encode("errorName");
    private static readonly JsonEncodedText s_errorId = JsonEncodedText.Encode("errorId");
    private static readonly JsonEncodedText s_name = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText s_status = JsonEncodedText.Encode("status");
    private static readonly JsonEncodedText s_message = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText s_details = JsonEncodedText.Encode("details");
    private static readonly JsonEncodedText s_path = JsonEncodedText.Encode("path");

    /// <param name="output">Receives the payload of the message.</param>
    /// <param name="head">The head of the message that failed; the default for an error that no message caused.</param>
    /// <param name="error">The error.</param>
    /// <param name="options">The JSON options of the application.</param>
    public static void Write(PayloadWriter output, in ReplyHead head, in ErrorInfo error, JsonSerializerOptions options)
    {
        if (head.Enveloped)
            WriteEnveloped(output, head, error, options);
        else
            WriteFlat(output, head, error, options);
        output.Write("}"u8);
    }

    private static void WriteEnveloped(PayloadWriter output, in ReplyHead head, in ErrorInfo error, JsonSerializerOptions options)
    {
        output.Write("{"u8);
        output.Write(ReplyWriter.WriteKeyAndId(output, head) ? ",\"error\":"u8 : "\"error\":"u8);
        WriteObject(output, error, options);
    }

    /// <summary>Writes the error as one object: <c>{"name":…,"status":…,"message":…}</c>.</summary>
    public static void WriteObject(PayloadWriter output, in ErrorInfo error, JsonSerializerOptions options)
    {
        var json = output.Json(options, Depth);
        json.WriteStartObject();
        json.WriteString(s_name, error.Name);
        json.WriteNumber(s_status, error.Status);
        json.WriteString(s_message, error.Message);
        WriteIdAndDetails(json, error);
        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteFlat(PayloadWriter output, in ReplyHead head, in ErrorInfo error, JsonSerializerOptions options)
    {
        var json = output.Json(options, Depth);
        json.WriteStartObject();
        json.WriteString(s_error, error.Message);
        json.WriteString(s_errorName, error.Name);
        WriteIdAndDetails(json, error);
        json.Flush();
        if (!head.HasKey)
            return;
        output.Write(","u8);
        ReplyWriter.WriteKeyAndId(output, head);
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
