using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>How an application reads its input. Made once; the application's own options are copied and stay as they are.</summary>
internal sealed class InputOptions
{
    private static readonly ConditionalWeakTable<JsonSerializerOptions, InputOptions> s_known = [];

    public InputOptions(JsonSerializerOptions application)
    {
        var plain = new JsonSerializerOptions(application)
        {
            // A context that the application generated for its own types need not know the lists and scalars that we read for them.
            TypeInfoResolver = application.TypeInfoResolver is { } known
                ? JsonTypeInfoResolver.Combine(known, new DefaultJsonTypeInfoResolver())
                : new DefaultJsonTypeInfoResolver(),
            // A flat message begins with its routing key, so that a "$type" can't stand first.
            AllowOutOfOrderMetadataProperties = true,
        };
        var text = new JsonSerializerOptions(plain)
        {
            NumberHandling = plain.NumberHandling | JsonNumberHandling.AllowReadingFromString,
            // Added last: a converter of the application's comes first.
            Converters = { new TextBooleanConverter(), new JsonStringEnumConverter(plain.PropertyNamingPolicy) },
        };
        plain.MakeReadOnly();
        text.MakeReadOnly();
        Messages = Format(plain, text);
        OpeningData = Format(text, text);
        Rules = new ValidationRules(Messages);
    }

    /// <summary>Messages: JSON as it is, but for lists of scalars, which may come as one string.</summary>
    public InputFormat Messages { get; }

    /// <summary>Path parameters and query: every value is text.</summary>
    public InputFormat OpeningData { get; }

    public ValidationRules Rules { get; }

    /// <summary>The options of an application, the same ones each time.</summary>
    public static InputOptions Of(JsonSerializerOptions application) => s_known.GetValue(application, json => new InputOptions(json));

    private static InputFormat Format(JsonSerializerOptions plain, JsonSerializerOptions text)
    {
        var finiteText = Scalars(text);
        var (read, numbers) = Reading(plain, finiteText);
        return new InputFormat(read, plain, finiteText, numbers);
    }

    // 1. Scalars by themselves, 2. lists of them, 3. whatever has them as properties.
    private static (JsonSerializerOptions Read, NumberHandling Numbers) Reading(JsonSerializerOptions plain, JsonSerializerOptions text)
    {
        var scalars = Scalars(plain);
        var numbers = new NumberHandling(plain, handling => Reading(WithNumbers(plain, handling), text).Read);
        var lists = new CommaListConverterFactory(scalars, text);
        var read = new JsonSerializerOptions(scalars)
        {
            TypeInfoResolver = plain.TypeInfoResolver!.WithAddedModifier(lists.LeavePopulated).WithAddedModifier(numbers.Heed),
            Converters = { lists },
        };
        read.MakeReadOnly();
        return (read, numbers);
    }

    private static JsonSerializerOptions WithNumbers(JsonSerializerOptions plain, JsonNumberHandling handling)
    {
        var other = new JsonSerializerOptions(plain) { NumberHandling = handling };
        other.MakeReadOnly();
        return other;
    }

    private static JsonSerializerOptions Scalars(JsonSerializerOptions plain)
    {
        // Added last: a converter of the application's comes first.
        var scalars = new JsonSerializerOptions(plain)
        {
            Converters = { new NodeConverter<JsonNode>(), new NodeConverter<JsonObject>(), new NodeConverter<JsonArray>(), new NodeConverter<JsonValue>() },
        };
        // Where infinities have names in JSON, they can be written.
        if (!plain.NumberHandling.HasFlag(JsonNumberHandling.AllowNamedFloatingPointLiterals))
        {
            Add<double>();
            Add<float>();
            Add<Half>();
        }

        scalars.MakeReadOnly();
        return scalars;

        void Add<T>() where T : struct, IFloatingPointIeee754<T>
        {
            // Unless the application has one of its own.
            if (!plain.Converters.Any(converter => converter.CanConvert(typeof(T))))
                scalars.Converters.Add(new FiniteConverter<T>(plain.GetTypeInfo(typeof(T))));
        }
    }
}
