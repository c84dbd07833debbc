using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>The packages of this repository, packed as a release is, in a feed outside of it.</summary>
public sealed class PackedFeed : IAsyncLifetime
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pikku-packages-");
    private Task? _packingAgain;

    /// <summary>Of this run alone, so that no restore can take what an earlier run has left in a cache.</summary>
    public string Version { get; } = $"0.1.0-test.{Guid.NewGuid():N}";

    /// <summary>What the first of the two packs wrote to its output.</summary>
    public string Output { get; private set; } = "";

    /// <summary>A folder for whatever a test needs beside the feed.</summary>
    internal string Root => _root.FullName;

    internal string Feed => Path.Combine(Root, "feed");

    private string Artifacts => Path.Combine(Root, "artifacts");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Solution, $"""
            <Solution>
              <Project Path="{Repository.PathOf("Pikku.Akka", "Pikku.Akka.csproj")}" />
              <Project Path="{Repository.PathOf("extensions", "Pikku.Akka.Analyzers", "Pikku.Akka.Analyzers.csproj")}" />
              <Project Path="{Repository.PathOf("extensions", "Pikku.Akka.CodeFixes", "Pikku.Akka.CodeFixes.csproj")}" />
              <Project Path="{Repository.PathOf("extensions", "Pikku.Akka.Tools", "Pikku.Akka.Tools.csproj")}" />
              <Project Path="{Repository.PathOf("extensions", "Pikku.Akka.Hosting", "Pikku.Akka.Hosting.csproj")}" />
              <Project Path="{Repository.PathOf("extensions", "Pikku.Akka.Kubernetes", "Pikku.Akka.Kubernetes.csproj")}" />
              <Project Path="{Repository.PathOf("extensions", "Pikku.Akka.Testing", "Pikku.Akka.Testing.csproj")}" />
              <Project Path="{Repository.PathOf("extensions", "Pikku.Akka.Client", "Pikku.Akka.Client.csproj")}" />
              <Project Path="{Repository.PathOf("extensions", "Pikku.Akka.Templates", "Pikku.Akka.Templates.csproj")}" />
            </Solution>
            """);
        Output = await PackAsync();
        Directory.Move(Path.Combine(Artifacts, "package", "release"), Feed);
        _packingAgain = PackAgainAsync();
    }

    public async Task DisposeAsync()
    {
        await _packingAgain!;
        _root.Delete(recursive: true);
    }

    internal PackageFile Open(string id) => new(PathOf(id));

    /// <summary>The ids of all packages.</summary>
    internal IReadOnlyList<string> Ids =>
        [.. Directory.EnumerateFiles(Feed, "*.nupkg").Select(file => Path.GetFileName(file)[..^$".{Version}.nupkg".Length]).Order(StringComparer.Ordinal)];

    /// <summary>What the restore of the project has found.</summary>
    internal string AssetsOf(string id) => Path.Combine(Artifacts, "obj", id, "project.assets.json");

    internal string PathOf(string id) => Path.Combine(Feed, $"{id}.{Version}.nupkg");

    internal PackageFile OpenSymbols(string id) => new(Path.Combine(Feed, $"{id}.{Version}.snupkg"));

    /// <summary>A package of the same sources, compiled and packed once more.</summary>
    internal async Task<PackageFile> OpenSecondAsync(string id)
    {
        await _packingAgain!;
        return new PackageFile(Path.Combine(Artifacts, "package", "release", $"{id}.{Version}.nupkg"));
    }

    private string Solution => Path.Combine(Root, "packages.slnx");

    // In the same folders, so that nothing has to be restored again, but without anything that the compiler has made.
    private Task<string> PackAgainAsync()
    {
        Directory.Delete(Path.Combine(Artifacts, "bin"), recursive: true);
        foreach (var project in Directory.GetDirectories(Path.Combine(Artifacts, "obj")))
            Directory.Delete(Path.Combine(project, "release"), recursive: true);
        return PackAsync("--no-restore");
    }

    // Beside the build of these tests and not in it. Analyzers have run in that one.
    private Task<string> PackAsync(params string[] more) => Sdk.RunAsync(
        Repository.Root,
        ["pack", Solution, "-c", "Release", "--artifacts-path", Artifacts, $"-p:Version={Version}", "-p:RunAnalyzers=false", .. more],
        ("CI", "true"));
}
