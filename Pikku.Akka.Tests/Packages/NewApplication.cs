using System.Text.Json;
using Pikku.Akka.Tests.Docs;

namespace Pikku.Akka.Tests.Packages;

/// <summary>
/// An application that somebody makes by doing what the page of a package says: the commands that create it and add the packages, and the
/// program. Outside of the repository, with the feed beside the machine's own sources.
/// </summary>
internal sealed class NewApplication : IDisposable
{
    private readonly string _root;
    private readonly string _feed;
    private readonly string _version;
    private readonly MarkdownPage _page;
    private readonly string[][] _commands;

    /// <param name="root">The folder to create it in.</param>
    /// <param name="feed">A folder with packages.</param>
    /// <param name="version">The version to take of them.</param>
    /// <param name="page">The page of the package.</param>
    public NewApplication(string root, string feed, string version, MarkdownPage page)
    {
        (_root, _feed, _version, _page) = (root, feed, version, page);
        _commands = [.. page.Indented.Where(line => line.StartsWith("dotnet ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1..])];
        Name = Creation[^1];
    }

    public string Name { get; }

    public string Folder => Path.Combine(_root, Name);

    private string Output => Path.Combine(Folder, "bin", "Debug", "net10.0");

    // dotnet new web -o Name
    private string[] Creation => _commands.Single(command => command[0] == "new");

    /// <summary>Creates and builds the application. It is restored once, by the build.</summary>
    public async Task BuildAsync()
    {
        await Sdk.RunAsync(_root, [.. Creation, "--no-restore"]);
        await File.WriteAllTextAsync(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="feed" value="{_feed}" />
              </packageSources>
            </configuration>
            """);
        foreach (var addition in _commands.Where(command => command[0] == "add"))
            await Sdk.RunAsync(Folder, [.. addition, "--version", _version, "--no-restore"]);
        await File.WriteAllTextAsync(Path.Combine(Folder, "Program.cs"), _page.Blocks.First(block => block.Language == "csharp").Text);
        // Versions that Akka.NET asks for may be missing where packages are mirrored, which is no fault of the application.
        await Sdk.RunAsync(Folder, ["build", "-warnaserror", "-p:WarningsNotAsErrors=NU1603"]);
    }

    /// <summary>Runs a command of the page: <c>dotnet run -- client typescript --out client.ts</c>.</summary>
    public Task<string> RunAsync(string command) => Sdk.RunAsync(Folder, command.Replace("dotnet run --", "run --no-build --", StringComparison.Ordinal).Split(' '));

    /// <summary>The settings of the runtime, some of which come with the package.</summary>
    public async Task<JsonElement> ReadRuntimeSettingsAsync()
    {
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Output, $"{Name}.runtimeconfig.json")));
        return document.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").Clone();
    }

    /// <summary>Starts the server, on a port that is free.</summary>
    public Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(Folder, Path.Combine(Output, $"{Name}.dll"));

    public void Dispose() => PackageCache.Remove(Folder, _version);
}
