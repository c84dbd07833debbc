using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>Removes properties from the text of a JSON object without parsing it into an object.</summary>
internal static class JsonObjectText
{
    // The text was already accepted or written with its own limit.
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = int.MaxValue };

    /// <summary>
    /// False when the object certainly has no property of that name: its bytes do not occur, and no escape could spell it.
    /// Two vectorized searches replace reading the whole text.
    /// </summary>
    public static bool MayHold(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) =>
        json.IndexOf(name) >= 0 || json.Contains((byte)'\\');

    /// <summary>Removes every top-level property of that name, moves the others together, and returns the new length.</summary>
    public static int Remove(Span<byte> json, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(json, s_options);
        reader.Read();

        // Kept bytes never move to the right, so they can't overtake the reader.
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
