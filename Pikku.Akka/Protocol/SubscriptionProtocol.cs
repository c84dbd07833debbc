using System.Text;
using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The messages with which clients subscribe by themselves (rules O2 and Q1).</summary>
internal static class SubscriptionProtocol
{
    /// <summary>The property that names these messages, regardless of the routing keys of a channel.</summary>
    public const string Key = RemoteProtocol.Key;

    /// <summary>The value that subscribes.</summary>
    public const string Subscribe = "pikku-subscribe";

    /// <summary>The value that unsubscribes.</summary>
    public const string Unsubscribe = "pikku-unsubscribe";

    /// <summary>The value that subscribes in Pikku's realtime feature (O4).</summary>
    public const string RealtimeSubscribe = "subscribe";

    /// <summary>The value that unsubscribes in Pikku's realtime feature (O4).</summary>
    public const string RealtimeUnsubscribe = "unsubscribe";

    /// <summary>The property of a request that names the topic.</summary>
    public const string TopicProperty = "topic";

    private static readonly byte[] s_ended = Encoding.ASCII.GetBytes($$"""{"action":"{{ReservedActions.Unsubscribed}}","subscribed":""");

    /// <summary>Reads the name of the topic of a request.</summary>
    /// <param name="data">The data of the request: JSON, or empty when there is none.</param>
    /// <param name="options">The options with which the message was scanned.</param>
    /// <param name="topic">The name, as it was sent; null when the data has none.</param>
    /// <returns>False when there is a name that is not text.</returns>
    public static bool TryReadTopic(ReadOnlySpan<byte> data, JsonReaderOptions options, out string? topic)
    {
        topic = null;
        if (data.IsEmpty)
            return true;
        var isText = true;
        var reader = new Utf8JsonReader(data, options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTopic = JsonText.Equals(reader.ValueSpan, reader.ValueIsEscaped, "topic"u8);
            reader.Read();
            if (isTopic)
            {
                // As everywhere, the last of repeated properties counts.
                isText = reader.TokenType is JsonTokenType.String or JsonTokenType.Null;
                topic = reader.TokenType == JsonTokenType.String ? JsonText.ToString(reader.ValueSpan) : null;
            }

            reader.Skip();
        }

        return isText;
    }

    /// <summary>Writes the reply to a subscribe.</summary>
    /// <param name="output">Receives the payload of the message.</param>
    /// <param name="head">The head of the request.</param>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="hasRecovery">True on the subprotocol <c>pikku.v1</c>, where the reply says what of the past follows.</param>
    /// <param name="options">The JSON options of the application.</param>
    public static void WriteSubscribed(PayloadWriter output, in ReplyHead head, string topic, bool hasRecovery, JsonSerializerOptions options)
    {
        WriteReply(output, head, "\"subscribed\":"u8, topic, options);
        if (hasRecovery)
            output.Write(",\"recovery\":\"none\""u8);
        output.Write(head.Enveloped ? "}}"u8 : "}"u8);
    }

    /// <summary>Writes the reply to an unsubscribe.</summary>
    public static void WriteUnsubscribed(PayloadWriter output, in ReplyHead head, string topic, JsonSerializerOptions options)
    {
        WriteReply(output, head, "\"unsubscribed\":"u8, topic, options);
        output.Write(head.Enveloped ? "}}"u8 : "}"u8);
    }

    /// <summary>Writes the notice that the server has ended a subscription. It has the same form on every subprotocol.</summary>
    public static void WriteEnded(PayloadWriter output, string topic, in ErrorInfo error, JsonSerializerOptions options)
    {
        output.Write(s_ended);
        WriteText(output, topic, options);
        output.Write(",\"error\":"u8);
        ErrorWriter.WriteObject(output, error, options);
        output.Write("}"u8);
    }

    private static void WriteReply(PayloadWriter output, in ReplyHead head, ReadOnlySpan<byte> property, string topic, JsonSerializerOptions options)
    {
        output.Write("{"u8);
        ReplyWriter.WriteKeyAndId(output, head);
        output.Write(head.Enveloped ? ",\"data\":{"u8 : ","u8);
        output.Write(property);
        WriteText(output, topic, options);
    }

    private static void WriteText(PayloadWriter output, string text, JsonSerializerOptions options)
    {
        var json = output.Json(options);
        json.WriteStringValue(text);
        json.Flush();
    }
}
