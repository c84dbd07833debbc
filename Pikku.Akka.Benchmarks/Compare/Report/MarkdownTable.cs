using System.Text;

namespace Pikku.Akka.Benchmarks.Compare.Report;

/// <summary>Builds a Markdown table. The first column is text; the others are numbers, aligned right.</summary>
internal sealed class MarkdownTable
{
    private readonly StringBuilder _text = new();

    public MarkdownTable(params IReadOnlyList<string> columns)
    {
        Add(columns);
        _text.Append("|---|").AppendJoin('|', Enumerable.Repeat("---:", columns.Count - 1)).AppendLine("|");
    }

    public void Add(params IReadOnlyList<string> cells) => _text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");

    public override string ToString() => _text.ToString();
}
