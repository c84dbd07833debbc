using System.Text.Json.Nodes;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>A schema with its references, compositions and nulls worked out.</summary>
internal sealed class SchemaShape
{
    private readonly ContractDocument _document;

    private SchemaShape(ContractDocument document) => _document = document;

    public bool IsNullable { get; private set; }

    /// <summary>The types beside null; null for any.</summary>
    public string? Types { get; private set; }

    /// <summary>The values that are allowed, as JSON; null for all of the type.</summary>
    public IReadOnlyList<string>? Values { get; private set; }

    public Dictionary<string, JsonObject> Properties { get; } = [];

    public HashSet<string> Required { get; } = [];

    /// <summary>The schema of properties without a name of their own.</summary>
    public JsonObject? Others { get; private set; }

    public bool ForbidsOthers { get; private set; }

    public JsonObject? Items { get; private set; }

    public string? Discriminator { get; private set; }

    /// <summary>Of a union, by the value that names them; empty for the one that none does.</summary>
    public Dictionary<string, JsonObject> Cases { get; } = [];

    /// <summary>Numbers and patterns, by their keywords.</summary>
    public Dictionary<string, JsonNode> Words { get; } = [];

    public bool IsDeprecated { get; private set; }

    public bool IsAny => Types is null && Values is null && Cases.Count == 0;

    public static SchemaShape Of(ContractDocument document, JsonObject schema)
    {
        var shape = new SchemaShape(document);
        shape.Add(schema);
        return shape;
    }

    private void Add(JsonObject schema)
    {
        schema = _document.Resolve(schema);
        foreach (var part in (schema["allOf"] as JsonArray ?? []).OfType<JsonObject>())
            Add(part);
        foreach (var part in (schema["anyOf"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (part["type"] is JsonValue type && type.GetValue<string>() == "null")
                IsNullable = true;
            else
                Add(part);
        }

        AddTypes(schema["type"]);
        foreach (var (name, value) in schema)
            AddWord(name, value);
    }

    private void AddTypes(JsonNode? type)
    {
        if (type is null)
            return;
        var types = type is JsonArray list ? list.Select(one => one!.GetValue<string>()).ToArray() : [type.GetValue<string>()];
        IsNullable |= types.Contains("null");
        Types = string.Join(" or ", types.Where(one => one != "null").Order(StringComparer.Ordinal));
    }

    private void AddWord(string name, JsonNode? value)
    {
        switch (name)
        {
            case "enum":
                Values = [.. ((JsonArray)value!).Select(Text)];
                break;
            case "const":
                Values = [Text(value)];
                break;
            case "properties":
                foreach (var (property, schema) in (JsonObject)value!)
                    Properties[property] = (JsonObject)schema!;
                break;
            case "required":
                Required.UnionWith(((JsonArray)value!).Select(property => property!.GetValue<string>()));
                break;
            case "additionalProperties":
                Others = value as JsonObject;
                ForbidsOthers = value is JsonValue allows && !allows.GetValue<bool>();
                break;
            case "items":
                Items = value as JsonObject;
                break;
            case "oneOf":
                Discriminator = DiscriminatorOf((JsonArray)value!);
                foreach (var one in ((JsonArray)value!).OfType<JsonObject>())
                    Cases[Text(Discriminator is null ? null : one["properties"]?[Discriminator]?["const"])] = one;
                break;
            case "deprecated":
                IsDeprecated = true;
                break;
            case "format" or "pattern" or "default" or "contentEncoding" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum"
                or "minLength" or "maxLength" or "minItems" or "maxItems" or "minProperties" or "maxProperties":
                if (value is not null)
                    Words[name] = value;
                break;
        }
    }

    private static string? DiscriminatorOf(JsonArray cases) => cases.OfType<JsonObject>()
        .SelectMany(one => one["properties"] as JsonObject ?? [])
        .FirstOrDefault(property => property.Value?["const"] is not null).Key;

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";
}
