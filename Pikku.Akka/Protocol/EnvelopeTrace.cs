using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>The trace context that a client may send beside the action on <c>pikku.v1</c>. Read only while code listens to spans.</summary>
internal static class EnvelopeTrace
{
    private static ReadOnlySpan<byte> Parent => "traceparent"u8;

    private static ReadOnlySpan<byte> State => "tracestate"u8;

    /// <summary>Reads the context of a message that has been scanned. A message without one costs a search.</summary>
    /// <param name="message">The message.</param>
    /// <param name="options">The options for reading messages.</param>
    /// <param name="parent">The value of <c>traceparent</c>, which is not checked; empty for none.</param>
    /// <param name="state">The value of <c>tracestate</c>, which is not checked; empty for none.</param>
    public static void Read(ReadOnlySpan<byte> message, JsonReaderOptions options, out ReadOnlySpan<byte> parent, out ReadOnlySpan<byte> state)
    {
        parent = state = default;
        if (message.IndexOf(Parent) < 0)
            return;
        var reader = new Utf8JsonReader(message, options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Both values consist of characters that JSON does not escape. An escaped one is malformed, and so is one that is no text.
            var isParent = reader.ValueTextEquals(Parent);
            var isState = !isParent && reader.ValueTextEquals(State);
            reader.Read();
            var value = reader is { TokenType: JsonTokenType.String, ValueIsEscaped: false } ? reader.ValueSpan : default;
            if (isParent)
                parent = value;
            else if (isState)
                state = value;
            reader.Skip();
        }
    }
}
