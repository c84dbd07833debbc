using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pikku.Akka.Clients.TypeScript;

/// <summary>Pieces of TypeScript.</summary>
internal static class TypeScriptText
{
    // Readable, and right in a script: quotes and control characters are escaped all the same.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A string literal.</summary>
    public static string Quoted(string text)
    {
        var json = JsonSerializer.Serialize(text, Relaxed);
        // The line separators of Unicode end a line in older readers of JavaScript.
        return $"'{json[1..^1].Replace("\\\"", "\"").Replace("'", "\\'").Replace("\u2028", "\\u2028").Replace("\u2029", "\\u2029")}'";
    }

    /// <summary>The name of a property, in quotes where it is no identifier.</summary>
    public static string PropertyName(string name) => IsIdentifier(name) ? name : Quoted(name);

    /// <summary>A comment that documents what follows; nothing for nothing.</summary>
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

    // As strict as any version of JavaScript; a name with other letters is as good in quotes.
    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$') && name != "__proto__";
}
