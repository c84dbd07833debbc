namespace Pikku.Clients;

/// <summary>How JSON is read and written.</summary>
internal static class PikkuJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
#if NET9_0_OR_GREATER
        // A channel's middleware may have put the property that tells types apart elsewhere.
        AllowOutOfOrderMetadataProperties = true,
#endif
        // Where JSON has no number, the server says whether it takes or sends the name of one.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = PikkuWebSocket.MaxDepth,
        Converters = { new PikkuIntegerConverter() },
        // By name, since there is none by itself where JsonSerializerIsReflectionEnabledByDefault is off.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    // A message is an envelope around what the server limits.
    private static readonly JsonSerializerOptions s_messages = new()
    {
        MaxDepth = Math.Min(PikkuWebSocket.MaxDepth, int.MaxValue - 1) + 1,
        TypeInfoResolver = Options.TypeInfoResolver,
    };

    /// <summary>The value as JSON; undefined for null, which is not sent.</summary>
    public static JsonElement Element<T>(T value) => value is null ? default : JsonSerializer.SerializeToElement(value, Options);

    /// <exception cref="JsonException">It is not of this type.</exception>
    public static T Read<T>(JsonElement json)
    {
        var value = ReadOrNull<T>(json);
        return value is null ? throw new JsonException($"The server sent nothing where {typeof(T).Name} was expected.") : value;
    }

    public static T? ReadOrNull<T>(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined)
            return typeof(T) == typeof(JsonElement) ? (T)(object)s_null : default;
        return json.Deserialize<T>(Options);
    }

    private static readonly JsonElement s_null = JsonSerializer.SerializeToElement<object?>(null, Options);

    private static readonly Lazy<bool> s_isWhole = new(() =>
    {
        const string text = "{\"Text\":\"1\"}";
        try
        {
            return JsonSerializer.Serialize(JsonSerializer.Deserialize<PikkuProbe>(text, Options), Options) == text;
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or MemberAccessException)
        {
            return false;
        }
    });

    /// <summary>Types are read and written by reflection; a trimmer takes away what only that would find.</summary>
    /// <exception cref="NotSupportedException">It has.</exception>
    public static void DemandReflection()
    {
        if (!s_isWhole.Value)
            throw new NotSupportedException(
                "The members of this client's types were trimmed away. Keep the assembly that has the client (TrimmerRootAssembly), or publish without PublishTrimmed and PublishAot.");
    }

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = Options.Encoder, MaxDepth = s_messages.MaxDepth }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return AsUtf8(bytes.ToArray());
    }

    /// <summary>The text of JSON, as it is sent.</summary>
    public static byte[] Bytes(JsonElement json) => AsUtf8(Encoding.UTF8.GetBytes(json.GetRawText()));

    /// <summary>The text as JSON; undefined when it is none.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            // Half of a surrogate pair is no text: whoever reads it would fail.
            return HasHalf(text) ? default : JsonSerializer.Deserialize<JsonElement>(text, s_messages);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    // The encoder escapes what is beyond the basic plane, such as emoji: twelve bytes instead of four.
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

    /// <summary>True for what looks like a message and can't be one, because it has one half of a surrogate pair.</summary>
    public static bool IsBrokenObject(ReadOnlySpan<byte> text) => text.Length > 0 && text[0] == (byte)'{' && HasHalf(text);

    private static bool HasHalf(ReadOnlySpan<byte> json)
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

    // The length of the escape that the text begins with, and what it says; nothing for half of a surrogate pair, and for those of two characters.
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
