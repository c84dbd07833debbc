using System.Text.RegularExpressions;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The list of the files that a message crosses, in <c>docs/journey.md</c>.</summary>
public sealed partial class JourneySpec
{
    private const int MaxFiles = 12;
    private const int MaxLines = 310; // a file of this size can still be read in one go

    private static readonly string[] Rows = [.. Row().Matches(File.ReadAllText(Repository.PathOf("docs", "journey.md"))).Select(row => row.Groups["file"].Value)];

    [Fact]
    public void A_message_crosses_at_most_twelve_files() => Assert.InRange(Rows.Length, 1, MaxFiles);

    [Fact]
    public void Every_file_that_a_message_crosses_exists_and_is_short()
    {
        var files = Repository.Sources("Pikku.Akka").ToLookup(file => Path.GetFileNameWithoutExtension(file));
        Assert.All(Rows, row => Assert.InRange(File.ReadAllLines(Assert.Single(files[row])).Length, 1, MaxLines));
    }

    [GeneratedRegex(@"^\| \d+ \| `(?<file>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
