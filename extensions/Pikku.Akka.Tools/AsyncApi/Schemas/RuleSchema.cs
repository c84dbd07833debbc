using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pikku.Akka.Contracts.Types;

namespace Pikku.Akka.AsyncApi.Schemas;

/// <summary>The rules of an input in the words of JSON Schema. Which word it is depends on the type that they are about.</summary>
internal static partial class RuleSchema
{
    /// <summary>Adds what the rules demand beyond the type.</summary>
    /// <returns>The schema; one around it where it is only a reference, beside which nothing counts.</returns>
    public static JsonObject With(this JsonObject schema, ValueRules rules, TypeUse type)
    {
        JsonObject words = [];
        Length(words, rules, type);
        if (type is TypeUse.Scalar { Kind: var kind } && Scalars.IsNumber(kind))
            Range(words, rules);
        if (type is TypeUse.Scalar { Kind: ScalarKind.String })
        {
            if (rules.Pattern is { } pattern && Whole(pattern) is { } whole)
                words["pattern"] = whole;
            if (rules.Format is { } format)
                words["format"] = format;
        }

        if (rules.Allowed is { } allowed)
            words["enum"] = new JsonArray([.. allowed.Select(value => value?.DeepClone())]);
        return words.Count == 0 ? schema : schema.Beside(words);
    }

    /// <summary>Puts words beside a schema. Beside a reference they do not count (draft 07 §8.3): then around it.</summary>
    public static JsonObject Beside(this JsonObject schema, JsonObject words)
    {
        var result = schema.ContainsKey("$ref") ? new JsonObject { ["allOf"] = new JsonArray(schema) } : schema;
        foreach (var (word, value) in words)
            result[word] = value?.DeepClone();
        return result;
    }

    private static void Length(JsonObject words, ValueRules rules, TypeUse type)
    {
        var what = type switch
        {
            TypeUse.Scalar { Kind: ScalarKind.String } => "Length",
            TypeUse.List => "Items",
            TypeUse.Map => "Properties",
            _ => null, // of bytes the text has another length
        };
        if (what is not null && rules.MinLength is { } least)
            words["min" + what] = least;
        if (what is not null && rules.MaxLength is { } most)
            words["max" + what] = most;
    }

    private static void Range(JsonObject words, ValueRules rules)
    {
        if (rules.Minimum is { } minimum)
            words[rules.IsMinimumExclusive ? "exclusiveMinimum" : "minimum"] = minimum;
        if (rules.Maximum is { } maximum)
            words[rules.IsMaximumExclusive ? "exclusiveMaximum" : "maximum"] = maximum;
    }

    // A schema's pattern is of ECMAScript and may match a part; what that language can't say is left out.
    private static string? Whole(string pattern)
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
