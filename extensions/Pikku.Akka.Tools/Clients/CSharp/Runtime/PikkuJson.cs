namespace Pikku.Clients;

/// <summary>Reads and writes JSON.</summary>
internal static class PikkuJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
#if NET9_0_OR_GREATER
        // Channel middleware may move the discriminator of a union.
        AllowOutOfOrderMetadataProperties = true,
#endif
        // Allows the names of numbers that JSON cannot express; the server decides whether it accepts or sends them.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = PikkuWebSocket.MaxDepth,
        Converters = { new PikkuIntegerConverter() },
        // Explicit, because there is no default resolver if JsonSerializerIsReflectionEnabledByDefault is off.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    // A message adds the depth of its envelope to the depth that the server allows.
    private static readonly JsonSerializerOptions s_messages = new()
    {
        MaxDepth = Math.Min(PikkuWebSocket.MaxDepth, int.MaxValue - 1) + 1,
        TypeInfoResolver = Options.TypeInfoResolver,
    };

    /// <summary>Converts a value to JSON; null becomes undefined, which is not sent.</summary>
    public static JsonElement Element<T>(T value) => value is null ? default : JsonSerializer.SerializeToElement(value, Options);

    /// <summary>Returns the JSON of a value, to compare it with another value of the same type.</summary>
    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <exception cref="JsonException">The JSON does not have this type.</exception>
    public static T Read<T>(JsonElement json)
    {
        var value = ReadOrNull<T>(json);
        return value is null ? throw new JsonException($"Expected {typeof(T).Name}, but the server sent no data.") : value;
    }

    public static T? ReadOrNull<T>(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined)
            return typeof(T) == typeof(JsonElement) ? (T)(object)s_null : default;
        return json.Deserialize<T>(Options);
    }

    private static readonly JsonElement s_null = JsonSerializer.SerializeToElement<object?>(null, Options);

    private static readonly Lazy<bool> s_hasReflection = new(() =>
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

    /// <summary>Verifies that reflection finds the members of types, which a trimmer may have removed.</summary>
    /// <exception cref="NotSupportedException">The members were removed.</exception>
    public static void RequireReflection()
    {
        if (!s_hasReflection.Value)
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

    /// <summary>Returns the UTF-8 text of JSON for sending.</summary>
    public static byte[] Bytes(JsonElement json) => AsUtf8(Encoding.UTF8.GetBytes(json.GetRawText()));

    /// <summary>Parses a text as JSON; the result is undefined if the text is not JSON.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            // An unpaired surrogate is not text: reading it would throw.
            return HasUnpairedSurrogate(text) ? default : JsonSerializer.Deserialize<JsonElement>(text, s_messages);
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
