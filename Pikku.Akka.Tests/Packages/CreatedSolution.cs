using Pikku.Akka.Tests.Docs;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>A solution that <c>dotnet new pikku</c> has created outside of the repository, with the feed beside the machine's own sources.</summary>
internal sealed class CreatedSolution : IDisposable
{
    private readonly PackedFeed _feed;

    private CreatedSolution(PackedFeed feed, string name) => (_feed, Name, Folder) = (feed, name, Path.Combine(Parent(feed), name));

    public string Name { get; }

    public string Folder { get; }

    /// <summary>The folder of the application's project.</summary>
    public string Project => Path.Combine(Folder, Name);

    private string Assembly => Path.Combine(Project, "bin", "Debug", "net10.0", $"{Name}.dll");

    /// <summary>Installs the templates for this test alone, and creates a solution.</summary>
    public static async Task<CreatedSolution> CreateAsync(PackedFeed feed, string name, params string[] options)
    {
        var solution = new CreatedSolution(feed, name);
        Directory.CreateDirectory(Parent(feed));
        await File.WriteAllTextAsync(Path.Combine(Parent(feed), "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="feed" value="{feed.Feed}" />
              </packageSources>
            </configuration>
            """);
        // Versions that a package asks for may be missing where packages are mirrored, which is no fault of the template.
        await File.WriteAllTextAsync(Path.Combine(Parent(feed), "Directory.Build.props"), """
            <Project><PropertyGroup><NoWarn>$(NoWarn);NU1603</NoWarn></PropertyGroup></Project>
            """);
        await solution.NewAsync(Parent(feed), "install", feed.PathOf("Pikku.Akka.Templates"));
        await solution.NewAsync(Parent(feed), ["pikku", "-o", name, .. options]);
        return solution;
    }

    /// <summary>Runs a command of <c>dotnet new</c> with the templates of this test.</summary>
    public Task<string> NewAsync(string folder, params string[] command) =>
        Sdk.RunAsync(folder, ["new", .. command, "--debug:custom-hive", Path.Combine(Parent(_feed), $"{Name}.templates")]);

    /// <summary>Builds the solution with the analyzers of the package, also where the environment switches analyzers off.</summary>
    public Task BuildAsync() => Sdk.RunAsync(Folder, ["build", "-warnaserror", "-p:RunAnalyzers=true"]);

    /// <summary>Runs the tests that the template has created.</summary>
    /// <returns>The output.</returns>
    public Task<string> TestAsync() => Sdk.RunAsync(Folder, ["test", "--no-build"]);

    /// <summary>Generates the client of the page anew, with the command of the solution's README.md.</summary>
    /// <param name="file">The file that the command writes, below the folder of the solution.</param>
    /// <returns>The client.</returns>
    public async Task<string> GenerateClientAsync(params string[] file)
    {
        var client = Path.Combine([Folder, .. file]);
        File.Delete(client);
        var command = MarkdownPage.Open(Path.Combine(Folder, "README.md")).Indented.Single(line => line.StartsWith($"dotnet run --project {Name} -- client typescript", StringComparison.Ordinal));
        await Sdk.RunAsync(Folder, ["run", "--no-build", .. command.Split(' ')[2..]]);
        return await File.ReadAllTextAsync(client);
    }

    /// <summary>Starts the application, on a port that is free.</summary>
    public Task<ServerProcess> StartAsync(string environment) => ServerProcess.StartAsync(Project, Assembly, ("ASPNETCORE_ENVIRONMENT", environment));

    /// <summary>Starts the application, which must end with an error.</summary>
    /// <returns>What it wrote.</returns>
    public async Task<string> FailToStartAsync(string environment)
    {
        using var process = Sdk.Start(Project, [Assembly, "--urls", "http://127.0.0.1:0"], ("ASPNETCORE_ENVIRONMENT", environment));
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(Eventually.Patience);
            Assert.NotEqual(0, process.ExitCode);
            return await output + await error;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    public void Dispose()
    {
        PackageCache.Remove(Project, _feed.Version);
        PackageCache.Remove(Path.Combine(Folder, $"{Name}.Tests"), _feed.Version);
    }

    // Not the folder of the feed itself, in which other applications are created.
    private static string Parent(PackedFeed feed) => Path.Combine(feed.Root, "templates");
}
