using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions.Input;

/// <summary>
/// Finds all problems of JSON that could not be read. System.Text.Json stops at the first problem and its texts contain CLR types. This class
/// walks the JSON again along the type, and reports for every part that does not fit what was expected.
/// </summary>
/// <remarks>Use one object per failure.</remarks>
internal sealed class InputDiagnosis(InputFormat format)
{
    private readonly List<InputProblem> _details = [];

    public UnprocessableContentError Explain(byte[] json, Type type, JsonException? failure)
    {
        JsonElement root;
        try
        {
            root = (JsonElement)JsonSerializer.Deserialize(json, format.Plain(typeof(JsonElement)))!;
        }
        catch (JsonException)
        {
            return new UnprocessableContentError("", Texts.NotJson);
        }
        try
        {
            Value("", root, type, numbers: null);
        }
        catch (InvalidOperationException)
        {
            // A name in the JSON is not valid UTF-8; JsonElement throws when it is accessed. The problems found so far are reported.
        }
        // A converter of the application failed, or a rule of System.Text.Json that this walk does not check.
        if (_details.Count == 0)
            Add(PathOf(failure), Texts.NotValid);
        return new UnprocessableContentError(_details);
    }

    private bool IsFull => _details.Count >= InputPath.MaxDetails;

    private void Value(string path, JsonElement json, Type type, JsonNumberHandling? numbers)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            if (type.IsValueType && !Fits(json, format.Read(type)))
                Add(path, Texts.NotNull);
            return;
        }
        type = Nullable.GetUnderlyingType(type) ?? type;
        var info = format.Plain(type);
        if (json.ValueKind == JsonValueKind.String && Scalar.ItemOf(type) is { } item)
            TextItems(path, json.GetString()!, item);
        else if (info.Kind == JsonTypeInfoKind.Object)
            Object(path, json, info);
        else if (info.Kind == JsonTypeInfoKind.Dictionary)
            Entries(path, json, info, numbers);
        else if (info.Kind == JsonTypeInfoKind.Enumerable)
            Items(path, json, info.ElementType!, numbers);
        else if (!Fits(json, format.Read(type, numbers)))
            Add(path, Expected(info, json.ValueKind == JsonValueKind.Number));
    }

    private void Object(string path, JsonElement json, JsonTypeInfo info)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Add(path, Texts.Object);
            return;
        }
        if (Derived(path, json, info) is not { } actual)
            return;
        var given = new Dictionary<string, JsonElement>(format.Names);
        foreach (var property in json.EnumerateObject())
            given[property.Name] = property.Value;
        foreach (var property in actual.Properties.Where(InputShape.IsRead))
        {
            if (IsFull)
                return;
            if (given.Remove(property.Name, out var value))
                Property(InputPath.Property(path, property.Name), value, property, property.NumberHandling ?? actual.NumberHandling);
            else if (property.IsRequired)
                Add(InputPath.Property(path, property.Name), Texts.Required);
        }
        if (!format.ForbidsUnknown(actual))
            return;
        given.Remove(Discriminator(info));
        foreach (var name in given.Keys)
            Add(InputPath.Property(path, name), Texts.Unknown);
    }

    private void Property(string path, JsonElement json, JsonPropertyInfo property, JsonNumberHandling? numbers)
    {
        if (json.ValueKind == JsonValueKind.Null && format.RefusesNull(property))
            Add(path, Texts.NotNull);
        // Only such a converter knows which JSON it accepts.
        else if (property.CustomConverter is null)
            Value(path, json, property.PropertyType, numbers);
    }

    /// <summary>The type that the discriminator selects; null when it selects none.</summary>
    private JsonTypeInfo? Derived(string path, JsonElement json, JsonTypeInfo info)
    {
        if (info.PolymorphismOptions is not { } options || options.DerivedTypes.All(d => d.TypeDiscriminator is null))
            return info;
        var place = InputPath.Property(path, Discriminator(info));
        var known = options.DerivedTypes.Where(d => d.TypeDiscriminator is not null).ToList();
        if (!json.TryGetProperty(Discriminator(info), out var given))
        {
            if (!info.Type.IsAbstract)
                return info;
            Add(place, Texts.Required);
            return null;
        }
        var match = known.Find(d => d.TypeDiscriminator switch
        {
            string text => given.ValueKind == JsonValueKind.String && given.ValueEquals(text),
            int number => given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out var value) && value == number,
            _ => false,
        });
        if (match.DerivedType is not null)
            return format.Plain(match.DerivedType);
        if (options.IgnoreUnrecognizedTypeDiscriminators && !info.Type.IsAbstract)
            return info;
        Add(place, Texts.OneOf(known.Select(d => d.TypeDiscriminator is string text ? $"\"{text}\"" : d.TypeDiscriminator)));
        return null;
    }

    private static string Discriminator(JsonTypeInfo info) => info.PolymorphismOptions?.TypeDiscriminatorPropertyName ?? "$type";

    private void Entries(string path, JsonElement json, JsonTypeInfo map, JsonNumberHandling? numbers)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Add(path, Texts.Object);
            return;
        }
        foreach (var entry in json.EnumerateObject().TakeWhile(_ => !IsFull))
            Value(InputPath.Property(path, entry.Name), entry.Value, map.ElementType!, numbers);
    }

    private void Items(string path, JsonElement json, Type type, JsonNumberHandling? numbers)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            Add(path, Texts.List);
            return;
        }
        foreach (var (index, item) in json.EnumerateArray().TakeWhile(_ => !IsFull).Index())
            Value(InputPath.Item(path, index), item, type, numbers);
    }

    private void TextItems(string path, string text, Type type)
    {
        var info = format.Text(Nullable.GetUnderlyingType(type) ?? type);
        foreach (var (index, item) in CommaList.Split(text).TakeWhile(_ => !IsFull).Index())
        {
            if (!Fits(JsonSerializer.SerializeToElement(item), info))
                Add(InputPath.Item(path, index), Expected(info, isNumber: false));
        }
    }

    private static bool Fits(JsonElement json, JsonTypeInfo type)
    {
        try
        {
            json.Deserialize(type);
            return true;
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Expected(JsonTypeInfo info, bool isNumber)
    {
        if (!info.Type.IsEnum)
            return Texts.Expected(info.Type, isNumber);
        var values = Enum.GetValuesAsUnderlyingType(info.Type);
        // A longer list would not help its reader.
        return values.Length > 32
            ? Texts.NotAllowed
            : Texts.OneOf(values.Cast<object>().Select(v => JsonSerializer.Serialize(Enum.ToObject(info.Type, v), info)));
    }

    private void Add(string path, string message)
    {
        if (!IsFull)
            _details.Add(new InputProblem(path, message));
    }

    // System.Text.Json writes paths as $.items[0].title.
    private static string PathOf(JsonException? failure) => failure?.Path?.TrimStart('$').TrimStart('.') ?? "";
}
