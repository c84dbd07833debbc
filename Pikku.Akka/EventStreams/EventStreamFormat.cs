using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventStreams;

/// <summary>
/// Writes messages in the format of event streams (WHATWG HTML, Server-sent events, "Parsing an event stream"): blocks of lines that end with an empty line. A message
/// is written between its lines without a copy of its own, so many streams can write a shared message at the same time.
/// </summary>
internal static class EventStreamFormat
{
    private const int Base64Slice = 3 * 1024; // bytes; a multiple of three, so that only the last slice is padded

    /// <summary>Sets the time after which the client reconnects when the stream ends.</summary>
    public static void WriteRetry(IBufferWriter<byte> output, TimeSpan time)
    {
        WriteRetryLine(output, (long)time.TotalMilliseconds);
        output.Write("\n"u8);
    }

    /// <summary>A comment, which clients ignore. Routers and proxies see that the connection is alive.</summary>
    public static void WriteComment(IBufferWriter<byte> output) => output.Write(":\n\n"u8);

    /// <summary>
    /// Says that events after the position that the client asks for cannot be sent. The data does not contain a property <c>topic</c>, because clients of Pikku would
    /// take it for an event of the topic.
    /// </summary>
    public static void WriteLost(IBufferWriter<byte> output, string topic, string reason)
    {
        output.Write("event: "u8);
        WriteAscii(output, EventStreamEvents.Lost);
        output.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("subscribed", topic);
            json.WriteString("recovery", "lost");
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    /// <summary>Writes the state of the topic. Its data does not contain a property <c>topic</c> either.</summary>
    /// <param name="output">The stream.</param>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="snapshot">The state as JSON.</param>
    /// <param name="keys">The keys of the entries of a presence topic as JSON; null for another topic.</param>
    public static void WriteSnapshot(IBufferWriter<byte> output, string topic, ReadOnlySpan<byte> snapshot, byte[]? keys)
    {
        output.Write("event: "u8);
        WriteAscii(output, EventStreamEvents.Snapshot);
        output.Write("\ndata: {\"subscribed\":"u8);
        using (var json = new Utf8JsonWriter(output))
            json.WriteStringValue(topic);
        output.Write(",\"snapshot\":"u8);
        output.Write(snapshot);
        if (keys is not null)
        {
            output.Write(",\"keys\":"u8);
            output.Write(keys);
        }

        output.Write("}\n\n"u8);
    }

    /// <summary>Writes a position that belongs to no event. Clients keep it and dispatch nothing.</summary>
    public static void WriteId(IBufferWriter<byte> output, string position)
    {
        output.Write("id: "u8);
        WriteAscii(output, position);
        output.Write("\n\n"u8);
    }

    /// <summary>
    /// Says why the stream ends. When the reason says when to come back, that is also the time after which the client reconnects.
    /// </summary>
    public static void WriteClose(IBufferWriter<byte> output, in EncodedMessage close)
    {
        var reason = Encoding.UTF8.GetString(CloseMessage.ReasonOf(close));
        if (RetryAfterOf(reason) is { } milliseconds)
            WriteRetryLine(output, milliseconds);
        output.Write("event: "u8);
        WriteAscii(output, EventStreamEvents.Close);
        output.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("code", (int)CloseMessage.CodeOf(close));
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    /// <summary>Writes a binary message.</summary>
    public static void WriteBinary(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        output.Write("event: "u8);
        WriteAscii(output, EventStreamEvents.Binary);
        output.Write("\ndata: "u8);
        while (!bytes.IsEmpty)
        {
            var slice = bytes[..Math.Min(Base64Slice, bytes.Length)];
            var length = Base64.GetMaxEncodedToUtf8Length(slice.Length);
            Base64.EncodeToUtf8(slice, output.GetSpan(length), out _, out var written);
            output.Advance(written);
            bytes = bytes[slice.Length..];
        }

        output.Write("\n\n"u8);
    }

    /// <summary>Writes the beginning of a text message.</summary>
    public static void BeginText(IBufferWriter<byte> output) => output.Write("data: "u8);

    /// <summary>
    /// Writes a part of a text message. The format cannot contain line breaks, so each line of the message is a line of its own; the client joins them with line feeds.
    /// JSON contains no line breaks.
    /// </summary>
    /// <param name="output">The stream.</param>
    /// <param name="part">The next part, cut at any byte.</param>
    /// <param name="afterReturn">True when the previous part ended with a carriage return, whose line feed may follow. Receives the same for this part.</param>
    public static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> part, ref bool afterReturn)
    {
        if (afterReturn && part is [(byte)'\n', ..])
            part = part[1..];
        afterReturn = false;
        while (part.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var end)
        {
            output.Write(part[..end]);
            output.Write("\ndata: "u8);
            var isReturn = part[end] == '\r';
            part = part[(end + 1)..];
            if (!isReturn)
                continue;
            afterReturn = part.IsEmpty;
            if (part is [(byte)'\n', ..])
                part = part[1..];
        }

        output.Write(part);
    }

    /// <summary>Writes the end of a text message.</summary>
    public static void EndText(IBufferWriter<byte> output) => output.Write("\n\n"u8);

    /// <summary>Writes the end of an event with a number, and the position behind it.</summary>
    public static void EndNumbered(IBufferWriter<byte> output, string position)
    {
        output.Write("}\n"u8);
        WriteId(output, position);
    }

    private static void WriteRetryLine(IBufferWriter<byte> output, long milliseconds)
    {
        output.Write("retry: "u8);
        WriteAscii(output, milliseconds.ToString(CultureInfo.InvariantCulture));
        output.Write("\n"u8);
    }

    private static void WriteAscii(IBufferWriter<byte> output, string text) => Encoding.ASCII.GetBytes(text, output);

    // S2: the reason of a close ends with the time.
    private static long? RetryAfterOf(string reason)
    {
        const string Key = "retry-after-ms=";
        var start = reason.LastIndexOf(Key, StringComparison.Ordinal);
        return start >= 0 && long.TryParse(reason.AsSpan(start + Key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? milliseconds
            : null;
    }
}
