using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The messages of clients that the connection itself handles, on every channel.</summary>
internal enum ReservedKind
{
    /// <summary><c>pikku-ping</c> (S1).</summary>
    Ping,

    /// <summary><c>pikku-cancel</c> (R3).</summary>
    Cancel,
}

/// <summary>A message that the connection itself handles, regardless of the routing keys of its channel.</summary>
/// <param name="Kind">The kind of message.</param>
/// <param name="Id">The position of the id of <c>pikku-cancel</c>, as JSON.</param>
/// <param name="AsksReady">True for a <c>pikku-ping</c> that is answered when <c>onConnect</c> has completed.</param>
internal readonly record struct ReservedMessage(ReservedKind Kind, Range Id, bool AsksReady = false)
{
    private const string Rfc3339 = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // The depth of other properties does not matter here; the scanner checks it for messages that are routed.
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = int.MaxValue };

    private static readonly byte[] s_mark = Encoding.ASCII.GetBytes(ReservedActions.Prefix);
    private static readonly byte[] s_ping = Encoding.ASCII.GetBytes(ReservedActions.Ping);
    private static readonly byte[] s_cancel = Encoding.ASCII.GetBytes(ReservedActions.Cancel);

    private static readonly EncodedMessage s_ready = Encode($$"""{"action":"{{ReservedActions.Pong}}","ready":true}""");

    /// <summary>The answer to <c>pikku-ping</c>. All connections share it.</summary>
    public static EncodedMessage Pong { get; } = Encode($$"""{"action":"{{ReservedActions.Pong}}"}""");

    /// <summary>The answer to a <c>pikku-ping</c> that asks whether the connection is ready.</summary>
    /// <param name="expiresAt">When the session of the connection expires; null without a session or without an expiry.</param>
    public static EncodedMessage ReadyPong(DateTimeOffset? expiresAt) => expiresAt is { } time
        ? Encode($$"""{"action":"{{ReservedActions.Pong}}","ready":true,"expiresAt":"{{time.UtcDateTime.ToString(Rfc3339, CultureInfo.InvariantCulture)}}"}""")
        : s_ready;

    /// <summary>
    /// Reads a message. Returns false when it is not one of these or when a cancellation has no id, so that it is routed like other messages. Never throws.
    /// An ordinary message costs one vectorized search.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out ReservedMessage reserved)
    {
        reserved = default;
        var mark = message.IndexOf(s_mark);
        return mark >= 0 && (message[mark..].IndexOf(s_ping) >= 0 || message[mark..].IndexOf(s_cancel) >= 0) && TryParse(message, out reserved);
    }

    private static EncodedMessage Encode(string json) => EncodedMessage.Copy(MessageKind.Text, Encoding.ASCII.GetBytes(json));

    private static bool TryParse(ReadOnlySpan<byte> message, out ReservedMessage reserved)
    {
        reserved = default;
        PropertySlot action = default, id = default, ready = default;
        try
        {
            var reader = new Utf8JsonReader(message, s_options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                var escaped = reader.ValueIsEscaped;
                var slot = PropertySlot.Read(ref reader);
                if (JsonText.Equals(name, escaped, "action"u8))
                    action = slot;
                else if (JsonText.Equals(name, escaped, "id"u8))
                    id = slot;
                else if (JsonText.Equals(name, escaped, "ready"u8))
                    ready = slot;
            }

            // Text after the object means that the message is not JSON.
            while (reader.Read()) { }
        }
        catch (JsonException)
        {
            return false;
        }

        if (action.Kind != JsonTokenType.String)
            return false;
        if (JsonText.Equals(action.Text(message), action.Escaped, s_ping))
            reserved = new ReservedMessage(ReservedKind.Ping, default, AsksReady: ready.Kind == JsonTokenType.True);
        else if (id.IsName && JsonText.Equals(action.Text(message), action.Escaped, s_cancel))
            reserved = new ReservedMessage(ReservedKind.Cancel, id.Value);
        else
            return false;
        return true;
    }
}
