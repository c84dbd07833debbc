using System.Text.RegularExpressions;

namespace Pikku.Akka.Tests.Docs;

/// <summary>
/// The tutorial, read as its reader does: a block below a file name in bold is that file, which replaces an earlier one of that name, and an indented line is a command.
/// </summary>
internal static partial class TutorialPage
{
    private static readonly string s_text = File.ReadAllText(Repository.PathOf("docs", "tutorial.md")).ReplaceLineEndings("\n");

    // The first part is what comes before chapter 1.
    private static readonly string[] s_chapters = NextChapter().Split(s_text);

    public static string Path => Repository.PathOf("docs", "tutorial.md");

    public static int Chapters => s_chapters.Length - 1;

    /// <summary>The files after a chapter: the paths, relative to the folder of the reader, and the texts.</summary>
    public static Dictionary<string, string> FilesAfter(int chapter)
    {
        var files = new Dictionary<string, string>();
        foreach (Match match in NamedBlock().Matches(string.Concat(s_chapters.Take(chapter + 1))))
            files[match.Groups["name"].Value] = match.Groups["text"].Value;
        return files;
    }

    /// <summary>The commands that begin with a word such as <c>dotnet</c>, in their order.</summary>
    public static IEnumerable<string> Commands(string program) =>
        MarkdownPage.Open(Path).Indented.Where(line => line.StartsWith(program + " ", StringComparison.Ordinal));

    /// <summary>The text, which the page must contain.</summary>
    public static string Says(string text) => s_text.Contains(text, StringComparison.Ordinal) ? text : throw new InvalidOperationException($"The tutorial does not say: {text}");

    /// <summary>The messages between a client and the server that a chapter shows: those that are sent, each with its answer.</summary>
    public static IEnumerable<(string Sent, string Answer)> ExchangesOf(int chapter) =>
        Exchange().Matches(s_chapters[chapter]).Select(match => (match.Groups["sent"].Value, match.Groups["answer"].Value));

    [GeneratedRegex("^## (?=[0-9])", RegexOptions.Multiline)]
    private static partial Regex NextChapter();

    [GeneratedRegex(@"^\*\*(?<name>[\w./]+)\*\*\n\n```\w+\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex NamedBlock();

    [GeneratedRegex("^→ (?<sent>.+)\n← (?<answer>.+)$", RegexOptions.Multiline)]
    private static partial Regex Exchange();
}
