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
        Converters = { new PikkuIntegerConverter() },
        // By name, since there is none by itself where JsonSerializerIsReflectionEnabledByDefault is off.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
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
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>The text as JSON; undefined when it is none.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text, Options);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
