using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;

namespace Pikku.Akka;

/// <summary>
/// Writes keys of one type into the names of a family of topics. The text of a value is its JSON without quotes, with the web defaults: a family is a static
/// value, so it can't know the JSON options of an application, and the start checks that they agree.
/// </summary>
/// <typeparam name="TKey">A type whose properties are the placeholders, or a type whose JSON is one string, number or boolean.</typeparam>
internal sealed class TopicKey<TKey>
{
    private readonly string _text;
    private readonly TopicTemplate? _template;
    private readonly JsonPropertyInfo[]? _properties; // one for each placeholder; null for a simple key
    private readonly bool _isPlain;

    /// <param name="text">The template.</param>
    public TopicKey(string text)
    {
        _text = text;
        if (!TopicTemplate.TryParse(text, out var template, out var problem))
        {
            Problem = problem;
            return;
        }

        try
        {
            var type = JsonSerializerOptions.Web.GetTypeInfo(typeof(TKey));
            Problem = type.Kind switch
            {
                JsonTypeInfoKind.Object => Bind(type, ref template, out _properties),
                JsonTypeInfoKind.None when !ScalarTypes.IsAnyJson(typeof(TKey)) => template.Placeholders.Count == 1
                    ? null
                    : $"has {template.Placeholders.Count} placeholders, but {typeof(TKey)} is one value; use a record with a property for each placeholder",
                _ => $"has the key {typeof(TKey)}; use a record whose properties are the placeholders, or a simple type such as string or int",
            };
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
        {
            Problem = $"has the key {typeof(TKey)}, which JSON can't represent: {e.Message}";
        }

        _template = template;
        _isPlain = _properties is null ? IsPlain(typeof(TKey)) : Array.TrueForAll(_properties, IsPlain);
    }

    /// <summary>Why the template is invalid, and the fix, as the end of a sentence that begins with the topic; null for a valid template.</summary>
    public string? Problem { get; }

    /// <summary>The template with the names of the properties as JSON writes them. Not available when there is a <see cref="Problem"/>.</summary>
    public TopicTemplate Template => Problem is null ? _template! : throw Invalid();

    /// <summary>True for a key that is one value and not an object with properties.</summary>
    public bool IsSimple => _properties is null;

    /// <summary>The name of the topic of a key.</summary>
    /// <exception cref="ArgumentException">A value is null or has an empty text.</exception>
    /// <exception cref="InvalidOperationException">The template is invalid.</exception>
    public string Format(TKey key)
    {
        var template = Template;
        if (_properties is null)
            return template.Format(Checked(_isPlain ? TextOf(key) : TextOf(JsonSerializer.SerializeToElement(key, JsonSerializerOptions.Web)), 0));

        var values = new string[_properties.Length];
        // Most keys have only text and whole numbers, which need no JSON.
        var json = _isPlain ? default : JsonSerializer.SerializeToElement(key, JsonSerializerOptions.Web);
        for (var i = 0; i < values.Length; i++)
        {
            var property = _properties[i];
            var value = _isPlain ? TextOf(property.Get!(key!)) : json.TryGetProperty(property.Name, out var member) ? TextOf(member) : null;
            values[i] = Checked(value, i);
        }

        return template.Format(values);
    }

    private static string? Bind(JsonTypeInfo type, ref TopicTemplate template, out JsonPropertyInfo[]? properties)
    {
        properties = null;
        var known = type.Properties.Where(property => property.Get is not null && (property.Set is not null || property.AssociatedParameter is not null)).ToList();
        var bound = new List<JsonPropertyInfo>();
        foreach (var placeholder in template.Placeholders)
        {
            if (known.Find(property => property.Name.Equals(placeholder, StringComparison.OrdinalIgnoreCase)) is not { } property)
                return $"has the placeholder '{{{placeholder}}}', but the key {typeof(TKey)} has no property of that name that can be read and set; name one of its properties";
            var value = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (ScalarTypes.IsAnyJson(value) || JsonSerializerOptions.Web.GetTypeInfo(value).Kind != JsonTypeInfoKind.None)
                return $"has the placeholder '{{{placeholder}}}', whose property is {value}; use a simple type such as string or int";
            bound.Add(property);
        }

        if (known.Find(property => !bound.Contains(property) && IsRequired(property)) is { } missing)
            return $"has no placeholder for the required property '{missing.Name}' of {typeof(TKey)}; add {{{missing.Name}}} to the name, or use a type without that property";
        var names = template.Placeholders.Zip(bound).ToDictionary(pair => pair.First, pair => pair.Second.Name);
        template = template.Rename(placeholder => names[placeholder]);
        properties = [.. bound];
        return null;
    }

    private static bool IsRequired(JsonPropertyInfo property) => property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false };

    private static bool IsPlain(JsonPropertyInfo property) =>
        property.CustomConverter is null && property.NumberHandling is null && IsPlain(property.PropertyType);

    private static bool IsPlain(Type type) => type == typeof(string) || type == typeof(int) || type == typeof(long) || type == typeof(Guid);

    private static string? TextOf(object? value) => value switch
    {
        string text => text,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private string Checked(string? value, int placeholder) => string.IsNullOrEmpty(value)
        ? throw new ArgumentException($"The key has {(value is null ? "no value" : "an empty text")} for '{{{Template.Placeholders[placeholder]}}}' of the topic '{Template}'.")
        : value;

    private InvalidOperationException Invalid() => new($"The topic '{_text}' {Problem}.");
}
