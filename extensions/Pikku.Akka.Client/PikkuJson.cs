namespace Pikku.Akka.Clients;

/// <summary>Converts the types of a generated client to JSON and back. Only generated code uses this type.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PikkuJson
{
    private static readonly JsonElement s_null = PikkuText.Parse("null"u8);

    // A message adds the depth of its envelope to the depth that the server allows.
    private readonly int _messageDepth;

    /// <param name="types">The metadata of the types, which a source generator has created: no reflection is needed, so trimming
    /// removes nothing that is used.</param>
    /// <param name="maxDepth">The maximum nesting depth that the server accepts for inputs, results and events.</param>
    /// <param name="converters">The converters of generic types of the runtime, which only generated code can name.</param>
    public PikkuJson(IJsonTypeInfoResolver types, int maxDepth, params JsonConverter[] converters)
    {
        _messageDepth = Math.Min(maxDepth, int.MaxValue - 1) + 1;
        Options = new JsonSerializerOptions
        {
#if NET9_0_OR_GREATER
            // Channel middleware may move the discriminator of a union.
            AllowOutOfOrderMetadataProperties = true,
#endif
            // Allows the names of numbers that JSON cannot express; the server decides whether it accepts or sends them.
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Encoder = PikkuText.Encoder,
            MaxDepth = maxDepth,
            Converters = { new PikkuIntegerConverter() },
            TypeInfoResolver = types,
        };
        foreach (var converter in converters)
            Options.Converters.Add(converter);
    }

    internal JsonSerializerOptions Options { get; }

    /// <summary>Converts a value to JSON; null becomes undefined, which is not sent.</summary>
    internal JsonElement Element<T>(T value) => value is null ? default : JsonSerializer.SerializeToElement(value, TypeOf<T>(Options));

    /// <summary>Returns the JSON of a value, to compare it with another value of the same type.</summary>
    internal string Text<T>(T value) => JsonSerializer.Serialize(value, TypeOf<T>(Options));

    /// <exception cref="JsonException">The JSON does not have this type.</exception>
    internal T Read<T>(JsonElement json)
    {
        var value = ReadOrNull<T>(json);
        return value is null ? throw new JsonException($"Expected {typeof(T).Name}, but the server sent no data.") : value;
    }

    internal T? ReadOrNull<T>(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined)
            return typeof(T) == typeof(JsonElement) ? (T)(object)s_null : default;
        return json.Deserialize(TypeOf<T>(Options));
    }

    /// <summary>Writes a message.</summary>
    internal byte[] Write(Action<Utf8JsonWriter> write) => PikkuText.Write(write, _messageDepth);

    /// <summary>Parses a message; the result is undefined if it is not JSON.</summary>
    internal JsonElement Parse(ReadOnlySpan<byte> text) => PikkuText.Parse(text, _messageDepth);

    internal static JsonTypeInfo<T> TypeOf<T>(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
