using System.Text.RegularExpressions;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The TypeScript code of the documentation is in a file that is compiled with the client's tests.</summary>
public sealed partial class TypeScriptCodeSpec
{
    [Fact]
    public void All_code_blocks_are_compiled()
    {
        var compiled = Lines(File.ReadAllText(Repository.PathOf("Pikku.Akka.Tests", "Clients", "typescript", "types", "docs.ts")));
        var blocks = Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.PathOf("README.md"))
            .Where(page => page != TutorialPage.Path) // which TutorialSpec compiles
            .SelectMany(page => Block().Matches(File.ReadAllText(page).ReplaceLineEndings("\n")).Select(block => (Page: Repository.Relative(page), Code: block.Groups["code"].Value)))
            .ToArray();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.True(
            compiled.Contains(Lines(block.Code), StringComparison.Ordinal), $"{block.Page} has TypeScript that docs.ts has not:\n{block.Code}"));
    }

    // Code in a page is not indented.
    private static string Lines(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim())).Trim();

    [GeneratedRegex("^```ts\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
