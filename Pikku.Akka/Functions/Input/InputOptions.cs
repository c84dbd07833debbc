using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>The JSON options for the input of an application, created once. The application's own options are copied and not changed.</summary>
internal sealed class InputOptions
{
    private static readonly ConditionalWeakTable<JsonSerializerOptions, InputOptions> s_known = [];

    public InputOptions(JsonSerializerOptions application)
    {
        var plain = new JsonSerializerOptions(application)
        {
            // A source-generated context of the application need not contain the lists and scalars that the library reads for it.
            TypeInfoResolver = application.TypeInfoResolver is { } known
                ? JsonTypeInfoResolver.Combine(known, new DefaultJsonTypeInfoResolver())
                : new DefaultJsonTypeInfoResolver(),
            // A flat message begins with its routing key, so "$type" can't be its first property.
            AllowOutOfOrderMetadataProperties = true,
        };
        var text = new JsonSerializerOptions(plain)
        {
            NumberHandling = plain.NumberHandling | JsonNumberHandling.AllowReadingFromString,
            // Added last, so that the converters of the application take precedence.
            Converters = { new TextBooleanConverter(), new JsonStringEnumConverter(plain.PropertyNamingPolicy) },
        };
        plain.MakeReadOnly();
        text.MakeReadOnly();
        Messages = Format(plain, text);
        OpeningData = Format(text, text);
        Rules = new ValidationRules(Messages);
    }

    /// <summary>Messages: plain JSON, except that lists of scalars may also be one string.</summary>
    public InputFormat Messages { get; }

    /// <summary>Path parameters and query: every value is text.</summary>
    public InputFormat OpeningData { get; }

    public ValidationRules Rules { get; }

    /// <summary>The options for an application; the same instance for the same JSON options.</summary>
    public static InputOptions Of(JsonSerializerOptions application) => s_known.GetValue(application, json => new InputOptions(json));

    private static InputFormat Format(JsonSerializerOptions plain, JsonSerializerOptions text)
    {
        var finiteText = Scalars(text);
        var (read, numbers) = Reading(plain, finiteText);
        return new InputFormat(read, plain, finiteText, numbers);
    }

    // In this order: 1. scalars, 2. lists of scalars, 3. objects with such properties.
    private static (JsonSerializerOptions Read, NumberHandling Numbers) Reading(JsonSerializerOptions plain, JsonSerializerOptions text)
    {
        var scalars = Scalars(plain);
        var numbers = new NumberHandling(plain, handling => Reading(WithNumbers(plain, handling), text).Read);
        var lists = new CommaListConverterFactory(scalars, text);
        var read = new JsonSerializerOptions(scalars)
        {
            TypeInfoResolver = plain.TypeInfoResolver!.WithAddedModifier(lists.LeavePopulated).WithAddedModifier(numbers.ApplyTo),
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
        // Added last, so that the converters of the application take precedence.
        var scalars = new JsonSerializerOptions(plain)
        {
            Converters = { new NodeConverter<JsonNode>(), new NodeConverter<JsonObject>(), new NodeConverter<JsonArray>(), new NodeConverter<JsonValue>() },
        };
        // With named floating-point literals, JSON can express infinities, and they can be written.
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
            // The converters of the application take precedence.
            if (!plain.Converters.Any(converter => converter.CanConvert(typeof(T))))
                scalars.Converters.Add(new FiniteConverter<T>(plain.GetTypeInfo(typeof(T))));
        }
    }
}
