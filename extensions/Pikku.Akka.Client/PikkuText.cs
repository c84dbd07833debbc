namespace Pikku.Akka.Clients;

/// <summary>Reads and writes the text of JSON.</summary>
internal static class PikkuText
{
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Writes an object.</summary>
    /// <param name="write">Writes the properties.</param>
    /// <param name="maxDepth">The maximum nesting depth.</param>
    public static byte[] Write(Action<Utf8JsonWriter> write, int maxDepth = int.MaxValue)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = Encoder, MaxDepth = maxDepth }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return AsUtf8(bytes.ToArray());
    }

    /// <summary>Returns the UTF-8 text of JSON for sending.</summary>
    public static byte[] Bytes(JsonElement json) => AsUtf8(Encoding.UTF8.GetBytes(json.GetRawText()));

    /// <summary>Parses a text as JSON; the result is undefined if the text is not JSON.</summary>
    /// <param name="text">The text, in UTF-8.</param>
    /// <param name="maxDepth">The maximum nesting depth.</param>
    public static JsonElement Parse(ReadOnlySpan<byte> text, int maxDepth = int.MaxValue)
    {
        // An unpaired surrogate is not text: reading it would throw.
        if (HasUnpairedSurrogate(text))
            return default;
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = maxDepth });
            var json = JsonElement.ParseValue(ref reader);
            reader.Read(); // Throws if something follows the value.
            return json;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    // The encoder escapes characters outside of the basic plane, such as emoji, with twelve bytes; UTF-8 needs four.
    private static byte[] AsUtf8(byte[] json)
    {
        if (json.AsSpan().IndexOf("\\u"u8) < 0)
            return json;
        var written = 0;
        for (var read = 0; read < json.Length;)
        {
            Rune? rune = null;
            var length = json[read] == '\\' ? ReadEscape(json.AsSpan(read), out rune) : 1;
            if (length > 2 && rune is { Value: > 0x7f } character)
            {
                written += character.EncodeToUtf8(json.AsSpan(written));
            }
            else
            {
                json.AsSpan(read, length).CopyTo(json.AsSpan(written));
                written += length;
            }

            read += length;
        }

        return json.AsSpan(0, written).ToArray();
    }

    /// <summary>Returns true for a text that begins like a message and cannot be read because it contains an unpaired surrogate.</summary>
    public static bool IsBrokenObject(ReadOnlySpan<byte> text) => text.Length > 0 && text[0] == (byte)'{' && HasUnpairedSurrogate(text);

    private static bool HasUnpairedSurrogate(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf((byte)'\\') is var at && at >= 0)
        {
            json = json.Slice(at);
            var length = ReadEscape(json, out var rune);
            if (length > 2 && rune is null)
                return true;
            json = json.Slice(Math.Min(length, json.Length));
        }

        return false;
    }

    // Returns the length of the escape sequence at the start of the text and its character; none for an unpaired surrogate and for
    // two-character escapes.
    private static int ReadEscape(ReadOnlySpan<byte> text, out Rune? rune)
    {
        rune = null;
        if (ReadUnit(text) is not { } first)
            return 2;
        if (Rune.TryCreate(first, out var single))
        {
            rune = single;
        }
        else if (ReadUnit(text.Slice(6)) is { } second && Rune.TryCreate(first, second, out var pair))
        {
            rune = pair;
            return 12;
        }

        return 6;
    }

    private static char? ReadUnit(ReadOnlySpan<byte> text) =>
        text.Length >= 6 && text[0] == '\\' && text[1] == 'u'
        && ushort.TryParse(Encoding.ASCII.GetString(text.Slice(2, 4)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
