using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>Commands that generate a file from the wiring.</summary>
[Trait("Rule", "M1")]
public sealed class GenerateCommandSpec : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pikku-cli-");

    public static TheoryData<string, string> Commands => new()
    {
        { "client typescript", "export class PikkuWebSocket" },
        { "client typescript --runtime inline", "class PikkuConnection" },
        { "client typescript --runtime package", "from '@pikku-akka/client'" },
        { "client csharp", "namespace Pikku.Client" },
        { "client csharp --namespace My.App", "namespace My.App" },
        { "client csharp --runtime inline", "class PikkuConnection" },
        { "client csharp --runtime package", "using Pikku.Akka.Clients;" },
        { "asyncapi", "\"asyncapi\": \"3.0.0\"" },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Prints_or_writes_the_same_text(string command, string contained)
    {
        var file = Path.Combine(_folder.FullName, "sub", "out.txt");

        var printed = await Run.Piped(command);
        var written = await Run.Piped($"{command} --out {file}");

        Assert.Equal((0, 0, ""), (printed.Code, written.Code, printed.Error + written.Error));
        Assert.Contains(contained, printed.Output, StringComparison.Ordinal);
        Assert.Equal(printed.Output, await File.ReadAllTextAsync(file));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_check_of_an_outdated_file_fails_and_leaves_the_file(string command, string contained)
    {
        var file = Path.Combine(_folder.FullName, "out.txt");
        await File.WriteAllTextAsync(file, contained);

        var stale = await Run.Piped($"{command} --out {file} --check");
        Assert.Equal((1, ""), (stale.Code, stale.Output));
        Assert.Equal(contained, await File.ReadAllTextAsync(file));

        await Run.Piped($"{command} --out {file}");
        Assert.Equal(0, (await Run.Piped($"{command} --out {file} --check")).Code);
    }

    [Fact]
    public async Task A_check_without_a_file_is_rejected()
    {
        var run = await Run.Piped("client typescript --check");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("--check requires --out", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_an_error_of_one_line()
    {
        var run = await Run.Piped($"asyncapi --out {_folder.FullName}");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task The_exit_code_says_whether_a_contract_breaks_clients()
    {
        var file = Path.Combine(_folder.FullName, "contract.json");
        await Run.Piped($"asyncapi --out {file}");

        Assert.Equal((0, "No changes.\n"), await DiffAsync(file, file));
        Assert.Equal(2, (await DiffAsync(file, file + ".none")).Code);
    }

    private static async Task<(int Code, string Output)> DiffAsync(string older, string newer)
    {
        var run = await Run.Piped($"contract diff {older} {newer}");
        return (run.Code, run.Output);
    }
}
