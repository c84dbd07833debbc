using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>Takes properties out of the text of a JSON object without building one.</summary>
internal static class JsonObjectText
{
    // The text was accepted or written with a limit of its own.
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = int.MaxValue };

    /// <summary>
    /// False when the object surely has no property of that name: its bytes occur nowhere, and nothing is escaped that could spell it.
    /// Two vectorised searches, in place of reading the whole text.
    /// </summary>
    public static bool MayHold(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) =>
        json.IndexOf(name) >= 0 || json.Contains((byte)'\\');

    /// <summary>Removes every property of that name at the top, moving the others together, and returns the new length.</summary>
    public static int Remove(Span<byte> json, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(json, s_options);
        reader.Read();

        // What is kept never moves to the right, so it can't overtake the reader.
        var length = (int)reader.BytesConsumed;
        var first = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var drop = JsonText.Equals(reader.ValueSpan, reader.ValueIsEscaped, name);
            reader.Skip();
            if (drop)
                continue;
            if (!first)
                json[length++] = (byte)',';
            first = false;
            var kept = json[start..(int)reader.BytesConsumed];
            kept.CopyTo(json[length..]);
            length += kept.Length;
        }

        json[length++] = (byte)'}';
        return length;
    }
}
