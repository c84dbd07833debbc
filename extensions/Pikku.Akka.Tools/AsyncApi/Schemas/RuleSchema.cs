using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi.Schemas;

/// <summary>Writes the validation rules of an input as JSON Schema keywords, which depend on the type that the rules apply to.</summary>
internal static partial class RuleSchema
{
    /// <summary>Adds the keywords of the rules to the schema of a type.</summary>
    /// <returns>The schema. A reference is wrapped in <c>allOf</c>, because keywords next to a reference are ignored.</returns>
    public static JsonObject With(this JsonObject schema, ValueRules rules, TypeUse type)
    {
        JsonObject keywords = [];
        Length(keywords, rules, type);
        if (type is TypeUse.Scalar { Kind: var kind } && Scalars.IsNumber(kind))
            Range(keywords, rules);
        if (type is TypeUse.Scalar { Kind: ScalarKind.String })
        {
            if (rules.Pattern is { } pattern && ToEcmaScript(pattern) is { } whole)
                keywords["pattern"] = whole;
            if (rules.Format is { } format)
                keywords["format"] = format;
        }

        if (rules.Allowed is { } allowed)
            keywords["enum"] = new JsonArray([.. allowed.Select(value => value?.DeepClone())]);
        return keywords.Count == 0 ? schema : schema.AddKeywords(keywords);
    }

    /// <summary>Adds keywords to a schema. A reference is wrapped, because keywords next to a reference are ignored (draft 07
    /// §8.3).</summary>
    public static JsonObject AddKeywords(this JsonObject schema, JsonObject keywords)
    {
        var result = schema.ContainsKey("$ref") ? new JsonObject { ["allOf"] = new JsonArray(schema) } : schema;
        foreach (var (word, value) in keywords)
            result[word] = value?.DeepClone();
        return result;
    }

    private static void Length(JsonObject keywords, ValueRules rules, TypeUse type)
    {
        var what = type switch
        {
            TypeUse.Scalar { Kind: ScalarKind.String } => "Length",
            TypeUse.List => "Items",
            TypeUse.Map => "Properties",
            _ => null, // The length of base64 text is not the number of bytes.
        };
        if (what is not null && rules.MinLength is { } least)
            keywords["min" + what] = least;
        if (what is not null && rules.MaxLength is { } most)
            keywords["max" + what] = most;
    }

    private static void Range(JsonObject keywords, ValueRules rules)
    {
        if (rules.Minimum is { } minimum)
            keywords[rules.IsMinimumExclusive ? "exclusiveMinimum" : "minimum"] = minimum;
        if (rules.Maximum is { } maximum)
            keywords[rules.IsMaximumExclusive ? "exclusiveMaximum" : "maximum"] = maximum;
    }

    // The pattern of a schema is in ECMAScript's syntax and may match a part of the text. Patterns that ECMAScript cannot express
    // are omitted.
    private static string? ToEcmaScript(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.ECMAScript);
        }
        catch (ArgumentException)
        {
            return null;
        }

        if (OnlyInNet().IsMatch(pattern))
            return null;
        return pattern.StartsWith('^') && pattern.EndsWith('$') && !pattern.Contains('|') ? pattern : $"^(?:{pattern})$";
    }

    [GeneratedRegex(@"\\[AZzGpP]|\(\?(>|#|'|[imnsx-]+[:)])")]
    private static partial Regex OnlyInNet();
}
