using Pikku.Akka.Host;
using Pikku.Akka.Tests.Cli;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The output that the page of the commands shows is that of the host.</summary>
[Trait("Rule", "N1")]
public sealed class CommandOutputSpec
{
    private static readonly MarkdownPage s_page = MarkdownPage.Open(Repository.PathOf("docs", "cli.md"));

    [Theory]
    [InlineData("info functions")]
    [InlineData("info channels")]
    [InlineData("info functions --json --verbose --limit 1")]
    [InlineData("check")]
    public async Task Is_shown_as_it_is(string command)
    {
        await using var app = HostApp.Create([]);

        // Shells start the host where paths are shorter.
        var output = (await Run.Of(app.Services, command)).Output.Replace(Repository.Root + "/", "", StringComparison.Ordinal);

        Assert.Contains(s_page.Blocks, block => block.Text == output.Replace("10 more.\n", "", StringComparison.Ordinal).TrimEnd('\n'));
    }
}
