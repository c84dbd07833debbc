namespace Pikku.Akka.Tests;

/// <summary>The files that these tests were built from: some of them are about the sources and the documentation themselves.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The path as it is written in the documentation.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The sources below a folder, without what a build makes.</summary>
    public static IEnumerable<string> Sources(params string[] folder) =>
        Directory.EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories).Where(file => !IsBuilt(file)).Order(StringComparer.Ordinal);

    /// <summary>Every page of the documentation. Those in templates are pages of the applications that are created from them.</summary>
    public static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories).Where(file => !IsBuilt(file) && !IsTemplate(file)).Order(StringComparer.Ordinal);

    private static bool IsTemplate(string file) => Relative(file).StartsWith("extensions/Pikku.Akka.Templates/content/", StringComparison.Ordinal);

    private static bool IsBuilt(string file) =>
        Relative(file).Split('/').Any(part => part is "bin" or "obj" or "artifacts" or "node_modules" or ".git" or "TestResults");

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Pikku.Akka.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("These tests run inside of the repository.");
        return directory.FullName;
    }
}
