using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>The properties of the build that make a release, shown with a small project that imports them and has a Git repository of its own.</summary>
public sealed class ReleaseSpec : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pikku-release-");

    // Of this run alone, since the package is restored as the last release and stays in the cache of the machine.
    private readonly string _id = $"Tiny{Guid.NewGuid():N}";

    private string Project => Path.Combine(_root.FullName, "Tiny");

    private string Packages => Path.Combine(_root.FullName, "packages");

    [SkippableFact]
    public async Task A_package_has_the_version_of_the_tag_and_may_not_break_the_API_of_the_last_release()
    {
        Skip.IfNot(Path.Exists(Repository.PathOf(".git")), "Copies of the sources have no versions.");
        await CreateAsync();

        await CommitAsync("The release");
        await GitAsync("tag", "v1.2.0");
        await Sdk.RunAsync(Project, Pack());
        Assert.True(File.Exists(Path.Combine(Packages, $"{_id}.1.2.0.nupkg")));

        await WriteAsync("Tiny/Greeter.cs", Source(""));
        await CommitAsync("A breaking change");
        using var next = Sdk.Start(Project, [.. Pack(), "-p:PackageValidationBaselineVersion=1.2.0"]);
        var (output, errors) = (next.StandardOutput.ReadToEndAsync(), next.StandardError.ReadToEndAsync());
        await next.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
        Assert.NotEqual(0, next.ExitCode);
        Assert.Contains("error CP0002: Member 'int Tiny.Greeter.Bye()' exists on [Baseline]", await output + await errors, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        var restored = Path.Combine(Project, "obj", "project.assets.json");
        if (File.Exists(restored))
        {
            using var assets = JsonDocument.Parse(File.ReadAllBytes(restored));
            var cached = Path.Combine(assets.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name, _id.ToLowerInvariant());
            if (Directory.Exists(cached))
                Directory.Delete(cached, recursive: true);
        }

        // Git writes read-only files, which Windows does not delete.
        foreach (var file in _root.EnumerateFiles("*", SearchOption.AllDirectories))
            file.Attributes = FileAttributes.Normal;
        _root.Delete(recursive: true);
    }

    private async Task CreateAsync()
    {
        Directory.CreateDirectory(Project);
        Directory.CreateDirectory(Packages);
        await WriteAsync("Directory.Build.props", Import("Directory.Build.props"));
        // Without the analyzers, which are projects of this repository.
        await WriteAsync("Directory.Build.targets", Import("Directory.Build.targets", """<ItemGroup><ProjectReference Remove="@(ProjectReference)" /></ItemGroup>"""));
        await WriteAsync("Directory.Packages.props", Import("Directory.Packages.props"));
        await WriteAsync("nuget.config", $"""<configuration><packageSources><add key="releases" value="{Packages}" /></packageSources></configuration>""");
        await WriteAsync(".gitignore", "bin/\nobj/\npackages/\n");
        await WriteAsync("Tiny/README.md", "# Tiny\n");
        await WriteAsync("Tiny/Tiny.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <PackageId>{_id}</PackageId>
                <Description>A project of a test.</Description>
                <IsPackable>true</IsPackable>
              </PropertyGroup>
            </Project>
            """);
        await WriteAsync("Tiny/Greeter.cs", Source("""

                /// <summary>A member.</summary>
                public static int Bye() => 2;
            """));
        await GitAsync("init", "--quiet");
    }

    private string[] Pack() => ["pack", "-c", "Release", "-o", Packages, "-p:RunAnalyzers=false"];

    private async Task CommitAsync(string message)
    {
        await GitAsync("add", ".");
        await GitAsync("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", message);
    }

    private async Task GitAsync(params string[] command)
    {
        using var git = Process.Start(new ProcessStartInfo("git", command) { WorkingDirectory = _root.FullName })!;
        await git.WaitForExitAsync();
        Assert.Equal(0, git.ExitCode);
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(_root.FullName, file), text);

    private static string Import(string file, string more = "") => $"""<Project><Import Project="{Repository.PathOf(file)}" />{more}</Project>""";

    private static string Source(string more) => $$"""
        namespace Tiny;

        /// <summary>A type.</summary>
        public static class Greeter
        {
            /// <summary>A member.</summary>
            public static int Hello() => 1;
        {{more}}
        }
        """;
}
