using Pikku.Akka.Tests.Packages;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>
/// The application of the tutorial, made by its commands and files in a folder outside of the repository, from the packed packages. It is built twice: after chapter 2,
/// before there are users, and at the end.
/// </summary>
public sealed class TutorialApplication(PackedFeed feed) : IAsyncLifetime
{
    // Versions that Akka.NET asks for may be missing where packages are mirrored, which is no fault of the application.
    private static readonly string[] s_build = ["-warnaserror", "-p:WarningsNotAsErrors=NU1603", "-p:RunAnalyzers=true"];

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pikku-tutorial-");

    /// <summary>The program after chapter 2.</summary>
    internal string Early => Path.Combine(_root.FullName, "early");

    /// <summary>The folder of the reader after the last chapter.</summary>
    internal string Folder => Path.Combine(_root.FullName, "kanban");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        await WriteAsync(1, name => name == "nuget.config"); // "dotnet new" replaces no files
        foreach (var command in TutorialPage.Commands("dotnet").Select(command => command.Split(' ')[1..]).Where(command => command[0] is "new" or "add"))
            await Sdk.RunAsync(Folder, [.. command, .. Rest(command)]);
        File.Delete(Path.Combine(Folder, "Kanban.Tests", TutorialPage.Says("UnitTest1.cs")));

        await WriteAsync(2);
        await Sdk.RunAsync(Folder, ["build", "Kanban", .. s_build, "-o", Early]);
        await WriteAsync(TutorialPage.Chapters);
        await Sdk.RunAsync(Folder, ["build", "Kanban.Tests", .. s_build]);
    }

    public Task DisposeAsync()
    {
        _root.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Runs a command of the page in the folder of the reader, with the program as it was built.</summary>
    internal Task<string> RunAsync(string command) => Sdk.RunAsync(Folder, command.Replace("dotnet run ", "run --no-build ", StringComparison.Ordinal).Split(' '));

    /// <summary>Starts a server on a free port, with a new database unless the arguments name one.</summary>
    internal async Task<TutorialServer> StartAsync(string program, string database, int port = 0, params (string Name, string Value)[] variables) => new(await ServerProcess.StartAsync(
        Path.Combine(Folder, "Kanban"), Path.Combine(program, "Kanban.dll"), port,
        ["--AllowedHosts=127.0.0.1", $"--ConnectionStrings:Kanban=Data Source={Path.Combine(_root.FullName, database)}.db"], variables));

    internal string Program => Path.Combine(Folder, "Kanban", "bin", "Debug", "net10.0");

    // The packages of this build, and one restore for all packages of a project.
    private string[] Rest(string[] command) => command switch
    {
        ["new", ..] => ["--no-restore"],
        ["add", _, "package", var id, ..] when id.StartsWith("Pikku.", StringComparison.Ordinal) => ["--version", feed.Version, "--no-restore"],
        ["add", _, "package", ..] => ["--no-restore"],
        _ => [],
    };

    private async Task WriteAsync(int chapter, Func<string, bool>? selects = null)
    {
        foreach (var (name, text) in TutorialPage.FilesAfter(chapter).Where(file => selects is null || selects(file.Key)))
        {
            var file = Path.Combine(Folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text.Replace("/path/to/packages", feed.Feed, StringComparison.Ordinal));
        }
    }
}
