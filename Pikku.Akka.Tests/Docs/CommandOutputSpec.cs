using Pikku.Akka.Cli;
using Pikku.Akka.Host;
using Pikku.Akka.Tests.Cli;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The command output in docs/cli.md is the output of the host.</summary>
[Trait("Rule", "N1")]
public sealed class CommandOutputSpec
{
    private static readonly MarkdownPage s_page = MarkdownPage.Open(Repository.PathOf("docs", "cli.md"));

    [Theory]
    [InlineData("info functions")]
    [InlineData("info channels")]
    [InlineData("info functions --json --verbose --limit 1")]
    [InlineData("check")]
    public async Task Matches_the_output_of_the_host(string command)
    {
        await using var app = HostApp.Create([]);

        // The page shows paths relative to the root of the repository.
        var output = (await Run.Of(app.Services, command)).Output.Replace(Repository.Root + "/", "", StringComparison.Ordinal);

        Assert.Contains(s_page.Blocks, block => block.Text == output.Replace("10 more.\n", "", StringComparison.Ordinal).TrimEnd('\n'));
    }

    [Fact]
    public void Has_the_refusal_of_a_mistyped_command() =>
        Assert.Contains(s_page.Blocks, block => block.Text == CommandLine.ErrorOf(["chekc"])!.ReplaceLineEndings("\n"));
}
