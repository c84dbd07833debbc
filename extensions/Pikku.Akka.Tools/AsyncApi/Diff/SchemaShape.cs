using System.Text.Json.Nodes;

namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>A schema whose references, compositions and nulls are resolved.</summary>
internal sealed class SchemaShape
{
    private readonly ContractDocument _document;

    private SchemaShape(ContractDocument document) => _document = document;

    public bool IsNullable { get; private set; }

    /// <summary>The types other than null; null if any type is allowed.</summary>
    public string? Types { get; private set; }

    /// <summary>The allowed values, as JSON; null if all values of the type are allowed.</summary>
    public IReadOnlyList<string>? Values { get; private set; }

    public Dictionary<string, JsonObject> Properties { get; } = [];

    public HashSet<string> Required { get; } = [];

    /// <summary>The schema of properties that are not named.</summary>
    public JsonObject? Others { get; private set; }

    public bool ForbidsOthers { get; private set; }

    public JsonObject? Items { get; private set; }

    public string? Discriminator { get; private set; }

    /// <summary>The cases of a union by their discriminator value; the key of a case without one is <c>null</c>.</summary>
    public Dictionary<string, JsonObject> Cases { get; } = [];

    /// <summary>Bounds, patterns, formats and defaults, by their keywords.</summary>
    public Dictionary<string, JsonNode> Keywords { get; } = [];

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
            AddKeyword(name, value);
    }

    private void AddTypes(JsonNode? type)
    {
        if (type is null)
            return;
        var types = type is JsonArray list ? list.Select(one => one!.GetValue<string>()).ToArray() : [type.GetValue<string>()];
        IsNullable |= types.Contains("null");
        Types = string.Join(" or ", types.Where(one => one != "null").Order(StringComparer.Ordinal));
    }

    private void AddKeyword(string name, JsonNode? value)
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
                    Keywords[name] = value;
                break;
        }
    }

    private static string? DiscriminatorOf(JsonArray cases) => cases.OfType<JsonObject>()
        .SelectMany(one => one["properties"] as JsonObject ?? [])
        .FirstOrDefault(property => property.Value?["const"] is not null).Key;

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";
}
