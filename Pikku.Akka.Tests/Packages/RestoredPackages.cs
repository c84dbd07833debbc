using System.Text.Json;

namespace Pikku.Akka.Tests.Packages;

/// <summary>The packages that the users of a project get with it: its dependencies and theirs, without those that only its build needs.</summary>
internal static class RestoredPackages
{
    /// <summary>Returns the nuspec files of the packages.</summary>
    /// <param name="assets">The file <c>project.assets.json</c>, which a restore writes.</param>
    public static IReadOnlyCollection<string> Of(string assets)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(assets));
        var root = document.RootElement;
        var folder = root.GetProperty("packageFolders").EnumerateObject().First().Name;
        // The names are "id/version".
        var libraries = root.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject().ToDictionary(library => library.Name.Split('/')[0], StringComparer.OrdinalIgnoreCase);
        var direct = root.GetProperty("project").GetProperty("frameworks").EnumerateObject().First().Value.GetProperty("dependencies").EnumerateObject()
            .Where(dependency => !(dependency.Value.TryGetProperty("suppressParent", out var hidden) && hidden.GetString() == "All"))
            .Select(dependency => dependency.Name);
        var waiting = new Stack<string>([.. direct, .. libraries.Where(library => Kind(library.Value) == "project").Select(library => library.Key)]);
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var found = new List<string>();
        while (waiting.TryPop(out var id))
        {
            // The framework has some of the packages; these are not restored.
            if (!libraries.TryGetValue(id, out var library) || !known.Add(id))
                continue;
            if (Kind(library) == "package")
                found.Add(Path.Combine(folder, library.Name.ToLowerInvariant(), $"{id.ToLowerInvariant()}.nuspec"));
            if (library.Value.TryGetProperty("dependencies", out var dependencies))
                foreach (var dependency in dependencies.EnumerateObject())
                    waiting.Push(dependency.Name);
        }

        return found;
    }

    private static string? Kind(JsonProperty library) => library.Value.GetProperty("type").GetString();
}
