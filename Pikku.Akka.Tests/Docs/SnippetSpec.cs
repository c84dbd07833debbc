using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>
/// Every C# code block in the documentation is identical to a region of a file in <c>Docs/Snippets</c> and so compiles;
/// <see cref="SnippetsRunSpec"/> runs them.
/// </summary>
public sealed class SnippetSpec
{
    private const string Begin = "#region ";
    private const string End = "#endregion";

    private static readonly Dictionary<string, string> Regions = Repository.Sources("Pikku.Akka.Tests", "Docs", "Snippets")
        .SelectMany(ReadRegions).ToDictionary(region => region.Name, region => region.Text);

    private static readonly List<(string Place, string Text)> Snippets =
    [
        .. from page in Repository.Pages().Select(MarkdownPage.Open)
           from block in page.Blocks
           where block.Language is "csharp" or "cs" or "c" && page.Path != TutorialPage.Path // TutorialSpec builds and runs that page
           select ($"{page.Name}:{block.Line}", block.Text.TrimEnd()),
    ];

    public static TheoryData<string, string> Pieces
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (place, text) in Snippets)
                data.Add(place, text);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pieces))]
    public void Every_code_block_is_compiled(string place, string text) =>
        Assert.True(
            Regions.ContainsValue(text),
            $"The code at {place} is not a region of Docs/Snippets. The most similar one is {Nearest(text).Key}:\n{Nearest(text).Value}");

    [Fact]
    public void Every_compiled_region_is_shown() =>
        Assert.Empty(Regions.Where(region => Snippets.All(snippet => snippet.Text != region.Value)).Select(region => region.Key));

    private static KeyValuePair<string, string> Nearest(string text) =>
        Regions.MaxBy(region => region.Value.Split('\n').Intersect(text.Split('\n')).Count());

    // Regions with the same name in one file are one code block, because using directives, statements and types cannot be in one class.
    private static IEnumerable<(string Name, string Text)> ReadRegions(string file)
    {
        var regions = new OrderedDictionary<string, List<string>>();
        List<string>? open = null;
        foreach (var line in File.ReadAllLines(file))
        {
            var trimmed = line.Trim();
            if (trimmed.StartsWith(Begin, StringComparison.Ordinal))
            {
                var name = trimmed[Begin.Length..];
                if (!regions.TryGetValue(name, out var parts))
                    regions.Add(name, parts = []);
                parts.Add("");
                open = parts;
            }
            else if (trimmed == End)
            {
                open![^1] = Outdent(open[^1]);
                open = null;
            }
            else if (open is not null)
            {
                open[^1] += line + "\n";
            }
        }

        return regions.Select(region => (region.Key, string.Join("\n\n", region.Value)));
    }

    private static string Outdent(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]));
    }
}
