using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>How an application reads its input. Made once; the application's own options are copied and stay as they are.</summary>
internal sealed class InputOptions
{
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
        Messages = new InputFormat(WithLists(plain, text), plain, text);
        OpeningData = new InputFormat(WithLists(text, text), text, text);
        Rules = new ValidationRules(Messages);
    }

    /// <summary>Messages: JSON as it is, but for lists of scalars, which may come as one string.</summary>
    public InputFormat Messages { get; }

    /// <summary>Path parameters and query: every value is text.</summary>
    public InputFormat OpeningData { get; }

    public ValidationRules Rules { get; }

    private static JsonSerializerOptions WithLists(JsonSerializerOptions plain, JsonSerializerOptions text)
    {
        var lists = new CommaListConverterFactory(plain, text);
        var read = new JsonSerializerOptions(plain)
        {
            TypeInfoResolver = plain.TypeInfoResolver!.WithAddedModifier(lists.HeedNumberHandling),
            Converters = { lists },
        };
        read.MakeReadOnly();
        return read;
    }
}
