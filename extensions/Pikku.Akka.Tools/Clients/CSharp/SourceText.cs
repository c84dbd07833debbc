using System.Globalization;
using System.Text;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>Builds C# source code line by line.</summary>
internal sealed class SourceText
{
    private const int IndentSize = 4;

    private readonly StringBuilder _text = new();
    private int _depth;

    public SourceText Line(string line = "")
    {
        // The same line ending on every system, because generated text is compared.
        _text.Append(' ', line.Length == 0 ? 0 : _depth * IndentSize).Append(line).Append('\n');
        return this;
    }

    public void Block(string head, Action body, string end = "}")
    {
        Line(head).Line("{");
        _depth++;
        body();
        _depth--;
        Line(end);
    }

    /// <summary>Writes items with a blank line between them.</summary>
    public void Each<T>(IEnumerable<T> items, Action<T> write)
    {
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
                Line();
            isFirst = false;
            write(item);
        }
    }

    public SourceText Summary(params IEnumerable<string?> paragraphs)
    {
        var lines = paragraphs.OfType<string>().SelectMany(text => text.ReplaceLineEndings("\n").Split('\n')).Select(line => Xml(line.Trim())).ToArray();
        if (lines.Length == 1)
            return Line($"/// <summary>{lines[0]}</summary>");
        if (lines.Length == 0)
            return this;
        Line("/// <summary>");
        foreach (var line in lines)
            Line($"/// {line}".TrimEnd());
        return Line("/// </summary>");
    }

    public void Obsolete(string? reason)
    {
        if (reason is not null)
            Line(reason.Length == 0 ? "[Obsolete]" : $"[Obsolete({Literal(reason)})]");
    }

    public override string ToString() => _text.ToString();

    /// <summary>Writes a text as a C# literal.</summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => literal.Append('\\').Append(character),
                >= ' ' and <= '~' => literal.Append(character),
                _ => literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
            };
        }

        return literal.Append('"').ToString();
    }

    private static string Xml(string text) =>
        new([.. text.Where(character => !char.IsControl(character))
            .SelectMany(character => character switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", _ => character.ToString() })]);
}
