namespace Pikku.Akka.Cli;

/// <summary>Writes text in lines of at most 80 characters.</summary>
internal static class Lines
{
    private const int Width = 80;

    /// <summary>Writes a text behind its beginning. The lines that follow are indented as far. A word that is too long keeps its line.</summary>
    public static void Write(TextWriter output, string beginning, string text)
    {
        var indent = beginning.Length - (beginning.LastIndexOf('\n') + 1);
        var line = beginning;
        var length = indent;
        var isEmpty = true;
        foreach (var word in text.Split(' '))
        {
            if (!isEmpty && length + 1 + word.Length > Width)
            {
                output.WriteLine(line.TrimEnd());
                (line, length, isEmpty) = (new string(' ', indent), indent, true);
            }

            line += isEmpty ? word : $" {word}";
            length += isEmpty ? word.Length : word.Length + 1;
            isEmpty = false;
        }

        output.WriteLine(line.TrimEnd());
    }

    /// <summary>The text in a column: cut with an ellipsis, or padded.</summary>
    public static string Column(string text, int width) => text.Length <= width ? text.PadRight(width) : string.Concat(text.AsSpan(0, width - 1), "…");
}
