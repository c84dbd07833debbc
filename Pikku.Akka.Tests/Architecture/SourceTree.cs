using System.Text.RegularExpressions;

namespace Pikku.Akka.Tests.Architecture;

/// <summary>
/// The folders of the library and the types that their files declare. Public types have the namespace <c>Pikku.Akka</c> in every folder, so the
/// namespace of a type does not show its folder.
/// </summary>
internal static partial class SourceTree
{
    private const string Library = "Pikku.Akka";

    private static readonly Dictionary<string, string> FolderByType = ReadTypes();

    /// <summary>The folders with sources.</summary>
    public static IReadOnlyList<string> Folders { get; } = [.. Repository.Sources(Library).Select(FolderOf).Distinct()];

    /// <summary>The folder that declares a type or its outermost type; null for a type outside of the library.</summary>
    /// <param name="fullName">The name in the form of reflection and Cecil: <c>Space.Outer`1+Inner</c>.</param>
    public static string? FolderOfType(string fullName) => FolderByType.GetValueOrDefault(OutermostName().Match(fullName).Value);

    /// <summary>The namespaces that the files of a folder import, each with the file.</summary>
    public static IEnumerable<(string File, string Namespace)> UsingsOf(string folder) =>
        from file in Repository.Sources(Library, folder)
        from Match match in Using().Matches(File.ReadAllText(file))
        select (Repository.Relative(file), match.Groups["name"].Value);

    private static Dictionary<string, string> ReadTypes()
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Repository.Sources(Library))
        {
            var text = File.ReadAllText(file);
            var space = Namespace().Match(text).Groups["name"].Value;
            foreach (Match declaration in Declaration().Matches(text))
                folders[$"{space}.{declaration.Groups["name"].Value}"] = FolderOf(file);
        }

        return folders;
    }

    private static string FolderOf(string file) => Repository.Relative(file).Split('/')[1];

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
