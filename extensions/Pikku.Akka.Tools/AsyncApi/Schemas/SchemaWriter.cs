using System.Text.Json.Nodes;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi.Schemas;

/// <summary>Writes types as JSON Schema (draft 07, the default of AsyncAPI). Each named type is written once, as a component.</summary>
internal sealed class SchemaWriter
{
    private readonly SchemaNames _names;

    /// <param name="roots">All types that will be written.</param>
    /// <param name="keys">The keys of the components.</param>
    public SchemaWriter(IEnumerable<TypeUse> roots, ComponentKeys keys)
    {
        _names = new SchemaNames(roots);
        _names.AssignKeys(Body, keys);
    }

    /// <summary>The schemas of the named types, in the order of their keys.</summary>
    public IEnumerable<KeyValuePair<string, JsonNode?>> Components() =>
        _names.Own.Select(own => KeyValuePair.Create(own.Key, (JsonNode?)Body(own.Declaration))).OrderBy(own => own.Key, StringComparer.Ordinal);

    public JsonObject Write(TypeUse type) => Write(type, ValueRules.None);

    /// <summary>Writes a property with its summary, default and deprecation.</summary>
    public JsonObject Write(PropertyShape property)
    {
        var schema = Write(property.Type, property.Rules);
        JsonObject keywords = [];
        if (Description(property.Summary, property.Deprecated) is { } description)
            keywords["description"] = description;
        if (property.Default is { } value)
            keywords["default"] = value.DeepClone();
        if (property.Deprecated is not null)
            keywords["deprecated"] = true;
        return keywords.Count == 0 ? schema : schema.AddKeywords(keywords);
    }

    /// <summary>Writes the body of a named type.</summary>
    private JsonObject Body(Declaration declaration)
    {
        var schema = declaration switch
        {
            ObjectDeclaration type => Object(type, []),
            EnumDeclaration type => Enum(type),
            UnionDeclaration type => Union(type),
            _ => throw new ArgumentException($"{declaration.GetType()} has no schema.", nameof(declaration)),
        };
        if (Description(declaration.Summary, declaration.Deprecated) is { } description)
            schema.Insert(0, "description", description);
        if (declaration.Deprecated is not null)
            schema["deprecated"] = true;
        return schema;
    }

    private JsonObject Write(TypeUse type, ValueRules rules) => type switch
    {
        TypeUse.Nullable nullable => OrNull(Write(nullable.Of, rules)),
        TypeUse.Scalar scalar => ScalarSchema.Of(scalar.Kind).With(rules, type),
        TypeUse.List list => List(list).With(rules, type),
        TypeUse.Map map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Write(map.Value) }.With(rules, type),
        // An anonymous type has no name, so it cannot be a component.
        TypeUse.Declared { Declaration: { IsAnonymous: true } anonymous } => Body(anonymous).With(rules, type),
        TypeUse.Declared { Declaration: var declaration } => new JsonObject { ["$ref"] = $"#/components/schemas/{_names.KeyOf(declaration)}" }.With(rules, type),
        _ => throw new ArgumentException($"{type} has no schema.", nameof(type)),
    };

    private JsonObject List(TypeUse.List list)
    {
        var schema = new JsonObject { ["type"] = "array" };
        if (list.Item is not TypeUse.Scalar { Kind: ScalarKind.Any })
            schema["items"] = Write(list.Item);
        return schema;
    }

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema["type"] is not JsonValue one)
            return new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        schema["type"] = new JsonArray(one.DeepClone(), "null");
        return schema;
    }

    private JsonObject Object(ObjectDeclaration type, JsonObject first)
    {
        var properties = first;
        var required = new JsonArray([.. first.Select(property => JsonValue.Create(property.Key))]);
        foreach (var property in type.Properties)
        {
            properties[property.Name] = Write(property);
            if (property.IsRequired)
                required.Add(property.Name);
        }

        var schema = new JsonObject { ["type"] = "object" };
        if (properties.Count > 0)
            schema["properties"] = properties;
        if (required.Count > 0)
            schema["required"] = required;
        if (type.ForbidsOthers)
            schema["additionalProperties"] = false;
        else if (type.Others is { } others)
            schema["additionalProperties"] = Write(others);
        return schema;
    }

    private static JsonObject Enum(EnumDeclaration type)
    {
        var isText = type.Values.All(value => value.Json.GetValueKind() == System.Text.Json.JsonValueKind.String);
        var schema = new JsonObject { ["type"] = isText ? "string" : "integer", ["enum"] = new JsonArray([.. type.Values.Select(value => value.Json.DeepClone())]) };
        // The number alone does not explain the value.
        if (!isText)
            schema["x-enumNames"] = new JsonArray([.. type.Values.Select(value => JsonValue.Create(value.Name))]);
        return schema;
    }

    // Cases are written inline: a case that is also used outside of the union has no discriminator there.
    private JsonObject Union(UnionDeclaration type)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (type.Cases.All(one => one.Value is not null))
        {
            var isText = type.Cases.All(one => one.Value!.GetValueKind() == System.Text.Json.JsonValueKind.String);
            schema["discriminator"] = type.Discriminator;
            schema["properties"] = new JsonObject { [type.Discriminator] = new JsonObject { ["type"] = isText ? "string" : new JsonArray("string", "integer") } };
            schema["required"] = new JsonArray(type.Discriminator);
        }

        schema["oneOf"] = new JsonArray([.. type.Cases.Select(one => Case(type, one))]);
        return schema;
    }

    private JsonObject Case(UnionDeclaration union, UnionCase one)
    {
        JsonObject first = one.Value is { } value ? new() { [union.Discriminator] = new JsonObject { ["const"] = value.DeepClone() } } : [];
        var schema = Object(one.Object, first);
        if (one.Value is null)
            schema["not"] = new JsonObject { ["required"] = new JsonArray(union.Discriminator) };
        if (Description(one.Object.Summary, one.Object.Deprecated) is { } description)
            schema.Insert(0, "description", description);
        schema.Insert(0, "title", one.Object.Type.Name.Split('`')[0]);
        return schema;
    }

    private static string? Description(string? summary, string? deprecated) => (summary, deprecated) switch
    {
        (_, null or "") => summary,
        (null, _) => $"Deprecated: {deprecated}",
        _ => $"{summary} Deprecated: {deprecated}",
    };
}
