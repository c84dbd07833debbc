using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pikku.Akka.Clients.TypeScript;

/// <summary>Writes parts of TypeScript code.</summary>
internal static class TypeScriptText
{
    // Keeps texts readable. This is safe in a script, because quotes and control characters are still escaped.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a string literal.</summary>
    public static string Quoted(string text)
    {
        var json = JsonSerializer.Serialize(text, Relaxed);
        // Older JavaScript engines treat the Unicode line separators as line ends.
        return $"'{json[1..^1].Replace("\\\"", "\"").Replace("'", "\\'").Replace("\u2028", "\\u2028").Replace("\u2029", "\\u2029")}'";
    }

    /// <summary>Writes the name of a property, in quotes if it is not an identifier.</summary>
    public static string PropertyName(string name) => IsIdentifier(name) ? name : Quoted(name);

    /// <summary>Writes a documentation comment; nothing if there are no parts.</summary>
    public static void Document(StringBuilder output, string indent, params IEnumerable<string?> parts)
    {
        var lines = parts.OfType<string>().SelectMany(part => part.ReplaceLineEndings("\n").Split('\n')).Select(line => line.Trim().Replace("*/", "*\\/")).ToArray();
        if (lines.Length == 1)
            output.Append(indent).Append("/** ").Append(lines[0]).Append(" */\n");
        if (lines.Length < 2)
            return;
        output.Append(indent).Append("/**\n");
        foreach (var line in lines)
            output.Append(indent).Append(line.Length == 0 ? " *" : " * ").Append(line).Append('\n');
        output.Append(indent).Append(" */\n");
    }

    // Only ASCII identifiers are recognized; other names are valid in quotes.
    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$') && name != "__proto__";
}
