using System.Globalization;
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
    public static bool TryReadTopic(ReadOnlySpan<byte> data, JsonReaderOptions options, out string? topic) => TryReadText(data, options, "topic"u8, out topic);

    private static bool TryReadText(ReadOnlySpan<byte> data, JsonReaderOptions options, ReadOnlySpan<byte> property, out string? text)
    {
        text = null;
        if (data.IsEmpty)
            return true;
        var isText = true;
        var reader = new Utf8JsonReader(data, options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMeant = JsonText.Equals(reader.ValueSpan, reader.ValueIsEscaped, property);
            reader.Read();
            if (isMeant)
            {
                // As everywhere, the last of repeated properties counts.
                isText = reader.TokenType is JsonTokenType.String or JsonTokenType.Null;
                text = reader.TokenType == JsonTokenType.String ? JsonText.ToString(reader.ValueSpan) : null;
            }

            reader.Skip();
        }

        return isText;
    }

    /// <summary>Writes the reply to a subscribe.</summary>
    /// <param name="output">Receives the payload of the message.</param>
    /// <param name="head">The head of the request.</param>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="reply">What follows of the past; null for a client that is not told, because it is not on the subprotocol <c>pikku.v1</c>.</param>
    /// <param name="options">The JSON options of the application.</param>
    public static void WriteSubscribed(PayloadWriter output, in ReplyHead head, string topic, SubscribedReply? reply, JsonSerializerOptions options)
    {
        WriteReply(output, head, "\"subscribed\":"u8, topic, options);
        if (reply is not null)
            WriteRecovery(output, reply);
        output.Write(head.Enveloped ? "}}"u8 : "}"u8);
    }

    /// <summary>Reads the position of a request (rule P4).</summary>
    /// <param name="data">The data of the request: JSON, or empty when there is none.</param>
    /// <param name="options">The options with which the message was scanned.</param>
    /// <param name="since">The position; null when the data has none.</param>
    /// <returns>False when there is a position that is not text.</returns>
    public static bool TryReadSince(ReadOnlySpan<byte> data, JsonReaderOptions options, out string? since) => TryReadText(data, options, "since"u8, out since);

    // None of these texts needs an escape.
    private static void WriteRecovery(PayloadWriter output, SubscribedReply reply)
    {
        output.Write(",\"recovery\":\""u8);
        Encoding.ASCII.GetBytes(reply.Recovery, output);
        if (reply.Reason is { } reason)
        {
            output.Write("\",\"reason\":\""u8);
            Encoding.ASCII.GetBytes(reason, output);
        }

        if (reply.Position is { } position)
        {
            output.Write("\",\"position\":\""u8);
            Encoding.ASCII.GetBytes(position, output);
        }

        output.Write("\""u8);
        if (reply.Replayed is { } replayed)
        {
            output.Write(",\"replayed\":"u8);
            Encoding.ASCII.GetBytes(replayed.ToString(CultureInfo.InvariantCulture), output);
        }

        if (reply.Snapshot is { } snapshot)
        {
            output.Write(",\"snapshot\":"u8);
            output.Write(snapshot);
        }

        if (reply.Keys is { } keys)
        {
            output.Write(",\"keys\":"u8);
            output.Write(keys);
        }
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
