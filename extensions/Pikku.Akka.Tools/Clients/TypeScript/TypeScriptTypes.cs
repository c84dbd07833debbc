using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;
using static Pikku.Akka.Clients.TypeScript.TypeScriptText;

namespace Pikku.Akka.Clients.TypeScript;

/// <summary>Writes types: references to them and their declarations.</summary>
internal sealed class TypeScriptTypes
{
    /// <summary>Aliases for scalars that TypeScript has no type for; they document the content of the string or number.</summary>
    private static readonly SortedDictionary<string, (string Type, string Summary)> Aliases = new(StringComparer.Ordinal)
    {
        ["Base64"] = ("string", "Bytes as base64 (RFC 4648 §4)."),
        ["DateOnly"] = ("string", "A date: `2026-01-31`."),
        ["DateTime"] = ("string", "Date and time with or without an offset (ISO 8601)."),
        ["DateTimeOffset"] = ("string", "Date and time with an offset (RFC 3339), as `JSON.stringify` writes a `Date`."),
        ["Decimal"] = ("number", "A decimal number; it is rounded to about 15 digits."),
        ["Guid"] = ("string", "A UUID (RFC 9562)."),
        ["Int64"] = ("number", "An integer, exact up to 2^53."),
        ["NumberOrName"] = ("number | 'NaN' | 'Infinity' | '-Infinity'", "A number, or the name of a number that JSON cannot express."),
        ["NumberText"] = ("string", "A number as text, with all its digits: `'9007199254740993'`."),
        ["TimeOnly"] = ("string", "A time of day: `23:59:59`."),
        ["TimeSpan"] = ("string", "A duration: `[-][days.]hours:minutes:seconds[.fraction]`."),
        ["Uri"] = ("string", "An address (RFC 3986)."),
    };

    private readonly SortedSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Writes a reference to a type.</summary>
    public string Use(TypeUse type, string indent) => type switch
    {
        TypeUse.Scalar scalar => Scalar(scalar.Kind),
        TypeUse.Nullable nullable => $"{Use(nullable.Of, indent)} | null",
        TypeUse.List list => Use(list.Item, indent) is var item && item.Contains(" | ", StringComparison.Ordinal) && !item.StartsWith('{') ? $"({item})[]" : $"{item}[]",
        TypeUse.Map map => $"{{ [key: string]: {Use(map.Value, indent)} }}",
        TypeUse.Declared { Declaration: ObjectDeclaration { IsAnonymous: true } anonymous } => Inline(anonymous, indent),
        TypeUse.Declared declared => declared.Declaration.Name,
        _ => throw new NotSupportedException($"{type} has no TypeScript type."),
    };

    /// <summary>Writes a declaration with its documentation.</summary>
    public void Declare(StringBuilder output, Declaration declaration)
    {
        switch (declaration)
        {
            case ObjectDeclaration type:
                Document(output, "", type.Summary, Deprecated(type.Deprecated));
                output.Append($"export interface {type.Name} {Object(type, "")}\n\n");
                break;
            case UnionDeclaration type:
                Document(output, "", type.Summary, Deprecated(type.Deprecated));
                output.Append($"export type {type.Name} =");
                foreach (var one in type.Cases)
                    output.Append($"\n  | ({Mark(type.Discriminator, one.Value)} & {(one.Object.Name.Length > 0 ? one.Object.Name : Object(one.Object, "  "))})");
                output.Append(";\n\n");
                break;
            case EnumDeclaration type:
                Enum(output, type);
                break;
        }
    }

    /// <summary>Writes the aliases that have been used so far.</summary>
    public void DeclareAliases(StringBuilder output)
    {
        foreach (var name in _used)
        {
            Document(output, "", Aliases[name].Summary);
            output.Append($"export type {name} = {Aliases[name].Type};\n\n");
        }
    }

    private static string Mark(string discriminator, JsonNode? value) =>
        value is null ? $"{{ {PropertyName(discriminator)}?: never }}" : $"{{ {PropertyName(discriminator)}: {Literal(value)} }}";

    // Short objects are written on one line.
    private string Inline(ObjectDeclaration type, string indent)
    {
        var lines = Object(type, indent);
        var line = string.Join(' ', lines.Split('\n').Select(part => part.Trim())).Replace("; }", " }");
        return line.Length <= 90 && !line.Contains("/**", StringComparison.Ordinal) ? line : lines;
    }

    private string Object(ObjectDeclaration type, string indent)
    {
        if (type.Properties.Count == 0 && type.Others is null)
            return "{}";
        var inner = indent + "  ";
        var output = new StringBuilder("{\n");
        foreach (var property in type.Properties)
        {
            Document(output, inner, property.Summary, property.Default is { } value ? $"@default {value.ToJsonString()}" : null, Deprecated(property.Deprecated));
            output.Append($"{inner}{PropertyName(property.Name)}{(property.IsRequired ? "" : "?")}: {Use(property.Type, inner)};\n");
        }

        if (type.Others is { } others)
            output.Append($"{inner}[key: string]: {Use(others, inner)};\n");
        return output.Append(indent).Append('}').ToString();
    }

    private static void Enum(StringBuilder output, EnumDeclaration type)
    {
        var isText = type.Values.All(value => value.Json.GetValueKind() == JsonValueKind.String);
        Document(output, "", [type.Summary, .. isText ? type.Values.Where(v => v.Summary is not null).Select(v => $"- {Literal(v.Json)}: {v.Summary}") : [], Deprecated(type.Deprecated)]);
        if (isText)
        {
            output.Append($"export type {type.Name} = {string.Join(" | ", type.Values.Select(value => Literal(value.Json)))};\n\n");
            return;
        }

        // Numbers alone explain nothing, so the names are exported as constants.
        output.Append($"export const {type.Name} = {{\n");
        foreach (var value in type.Values)
        {
            Document(output, "  ", value.Summary);
            output.Append($"  {PropertyName(value.Name)}: {Literal(value.Json)},\n");
        }

        output.Append($"}} as const;\nexport type {type.Name} = (typeof {type.Name})[keyof typeof {type.Name}];\n\n");
    }

    private static string Literal(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? Quoted(value.GetValue<string>()) : value.ToJsonString();

    private static string? Deprecated(string? reason) => reason is null ? null : $"@deprecated {reason}".TrimEnd();

    private string Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Any => "unknown",
        ScalarKind.Boolean => "boolean",
        ScalarKind.String or ScalarKind.Char => "string",
        ScalarKind.Bytes => Alias("Base64"),
        ScalarKind.Int64 or ScalarKind.UInt64 or ScalarKind.Integer => Alias("Int64"),
        ScalarKind.NumberText or ScalarKind.NumberOrName or ScalarKind.Decimal or ScalarKind.Guid or ScalarKind.Uri or ScalarKind.DateTimeOffset or ScalarKind.DateTime or ScalarKind.DateOnly
            or ScalarKind.TimeOnly or ScalarKind.TimeSpan => Alias(kind.ToString()),
        _ => "number",
    };

    private string Alias(string name)
    {
        _used.Add(name);
        return name;
    }
}
