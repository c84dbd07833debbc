using System.Reflection;
using System.Text.RegularExpressions;

namespace Pikku.Akka.Tests.Architecture;

/// <summary>
/// The folders of the library's projects and the types that their files declare. Public types have the namespace <c>Pikku.Akka</c> in every folder,
/// so the namespace of a type does not show its folder.
/// </summary>
internal static partial class SourceTree
{
    /// <summary>The server and its tools, each by its folder in the repository.</summary>
    private static readonly string[] Projects = ["Pikku.Akka", "extensions/Pikku.Akka.Tools"];

    private static readonly Dictionary<string, string> FolderByType = ReadTypes();

    // No two projects have a folder of the same name.
    private static readonly Dictionary<string, string> ProjectByFolder = Projects
        .SelectMany(project => Repository.Sources(project).Select(file => (Project: project, Folder: FolderOf(project, file))).Distinct())
        .ToDictionary(one => one.Folder, one => one.Project, StringComparer.Ordinal);

    /// <summary>The assemblies of the projects.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } = [typeof(PikkuBuilder).Assembly, typeof(PikkuCli).Assembly];

    /// <summary>The folders with sources.</summary>
    public static IReadOnlyList<string> Folders { get; } = [.. ProjectByFolder.Keys];

    /// <summary>The page of a folder.</summary>
    public static string PageOf(string folder) => Repository.PathOf(ProjectByFolder[folder], folder, "README.md");

    /// <summary>The folder that declares a type or its outermost type; null for a type outside of the library.</summary>
    /// <param name="fullName">The name in the form of reflection and Cecil: <c>Space.Outer`1+Inner</c>.</param>
    public static string? FolderOfType(string fullName) => FolderByType.GetValueOrDefault(OutermostName().Match(fullName).Value);

    /// <summary>The files of a folder.</summary>
    public static IEnumerable<string> SourcesOf(string folder) => Repository.Sources(ProjectByFolder[folder], folder);

    /// <summary>The namespaces that the files of a folder import, each with the file.</summary>
    public static IEnumerable<(string File, string Namespace)> UsingsOf(string folder) =>
        from file in SourcesOf(folder)
        from Match match in Using().Matches(File.ReadAllText(file))
        select (Repository.Relative(file), match.Groups["name"].Value);

    private static Dictionary<string, string> ReadTypes()
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (project, file) in Projects.SelectMany(project => Repository.Sources(project).Select(file => (project, file))))
        {
            var text = File.ReadAllText(file);
            var space = Namespace().Match(text).Groups["name"].Value;
            foreach (Match declaration in Declaration().Matches(text))
                folders[$"{space}.{declaration.Groups["name"].Value}"] = FolderOf(project, file);
        }

        return folders;
    }

    private static string FolderOf(string project, string file) => Repository.Relative(file)[(project.Length + 1)..].Split('/')[0];

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^using (static )?(\w+ = )?(global::)?(?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    // Top-level types begin in the first column, which the build enforces.
    [GeneratedRegex(
        @"^(public|internal) ((\w+ )*(class|interface|enum|record struct|struct|record) (?<name>\w+)|delegate .+? (?<name>\w+)(<.+>)?\()",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^[\w.]+")]
    private static partial Regex OutermostName();
}
