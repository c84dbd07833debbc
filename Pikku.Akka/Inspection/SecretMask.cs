using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pikku.Akka.Inspection;

/// <summary>Masks secrets in recorded messages: the values of properties that have certain names, and everything that looks like a bearer token.</summary>
/// <param name="names">Parts of the names of the properties.</param>
internal sealed partial class SecretMask(IReadOnlyList<string> names)
{
    /// <summary>What stands for a secret.</summary>
    public const string Mask = "***";

    private readonly string[] _names = [.. names.Select(Plain)];

    /// <summary>True when the value of a property is masked.</summary>
    public bool IsSecret(string name)
    {
        var plain = Plain(name);
        return Array.Exists(_names, part => plain.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>Masks a text that is not JSON. A text that names a secret is masked whole, because it can't be told where the secret is.</summary>
    public string Text(string text)
    {
        var plain = Plain(text);
        return Array.Exists(_names, part => plain.Contains(part, StringComparison.Ordinal)) ? Mask : Tokens(text);
    }

    /// <summary>Masks JSON.</summary>
    /// <param name="node">The JSON.</param>
    /// <param name="changed">Set to true when something is masked.</param>
    /// <param name="mask">What stands for the value of a property.</param>
    public JsonNode? Json(JsonNode? node, ref bool changed, Func<string, JsonNode?>? mask = null)
    {
        switch (node)
        {
            case JsonObject properties:
                var copy = new JsonObject();
                foreach (var (name, value) in properties)
                {
                    if (value is not null && IsSecret(name))
                    {
                        copy[name] = mask is null ? Mask : mask(name);
                        changed = true;
                    }
                    else
                    {
                        copy[name] = Json(value, ref changed, mask);
                    }
                }

                return copy;
            case JsonArray items:
                var list = new JsonArray();
                foreach (var item in items)
                    list.Add(Json(item, ref changed, mask));
                return list;
            case JsonValue value when value.TryGetValue<string>(out var text) && Tokens(text) is var masked && masked != text:
                changed = true;
                return masked;
            default:
                return node?.DeepClone();
        }
    }

    private static string Tokens(string text) => Token().Replace(text, Mask);

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var character in text)
            if (character is not ('-' or '_'))
                plain.Append(char.ToLowerInvariant(character));
        return plain.ToString();
    }

    // A JSON Web Token, or what follows the scheme "Bearer". No part can match what the next one matches, so the search does not backtrack.
    [GeneratedRegex(@"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|(?i:bearer)[ .][\w.~+/=-]{8,}", RegexOptions.NonBacktracking)]
    private static partial Regex Token();
}
