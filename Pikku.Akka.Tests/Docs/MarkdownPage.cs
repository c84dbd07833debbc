using System.Text.RegularExpressions;

namespace Pikku.Akka.Tests.Docs;

/// <summary>A page of the documentation: those parts that tests read.</summary>
internal sealed partial class MarkdownPage
{
    private MarkdownPage(string path)
    {
        Path = path;
        Read(File.ReadAllLines(path));
    }

    public string Path { get; }

    public string Name => Repository.Relative(Path);

    /// <summary>Code blocks: the line where each begins, its language and its text.</summary>
    public List<(int Line, string Language, string Text)> Blocks { get; } = [];

    /// <summary>Indented lines, such as commands.</summary>
    public List<string> Indented { get; } = [];

    /// <summary>The texts in backticks outside of code blocks.</summary>
    public List<(int Line, string Text)> Code { get; } = [];

    /// <summary>The targets of links.</summary>
    public List<(int Line, string Target)> Links { get; } = [];

    /// <summary>The anchors of the headings, derived from their texts.</summary>
    public HashSet<string> Anchors { get; } = [];

    public static MarkdownPage Open(string path) => new(path);

    private void Read(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is { Success: true } fence)
                i = ReadBlock(lines, i, fence);
            else
                ReadText(lines[i], i + 1);
        }
    }

    private int ReadBlock(string[] lines, int start, Match fence)
    {
        var end = start + 1;
        while (end < lines.Length && lines[end].Trim() != fence.Groups["ticks"].Value)
            end++;
        Blocks.Add((start + 1, fence.Groups["language"].Value, string.Join('\n', lines[(start + 1)..end])));
        return end;
    }

    private void ReadText(string line, int number)
    {
        if (line.StartsWith("    ", StringComparison.Ordinal))
            Indented.Add(line.Trim());
        if (line.StartsWith('#'))
            Anchors.Add(NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));
        Code.AddRange(Inline().Matches(line).Select(match => (number, match.Groups["text"].Value)));
        // Text in backticks is not a link.
        Links.AddRange(Link().Matches(Inline().Replace(line, "x")).Select(match => (number, match.Groups["target"].Value)));
    }

    [GeneratedRegex(@"^\s*(?<ticks>```+)\s*(?<language>\w*)")]
    private static partial Regex Fence();

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
