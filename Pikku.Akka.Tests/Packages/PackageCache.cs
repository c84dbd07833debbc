using System.Text.Json;

namespace Pikku.Akka.Tests.Packages;

/// <summary>The packages that restores have left on the machine.</summary>
internal static class PackageCache
{
    /// <summary>Removes the packages of the library that a project has restored. Nobody will ask for this version again.</summary>
    public static void Remove(string project, string version)
    {
        var restored = Path.Combine(project, "obj", "project.assets.json");
        if (!File.Exists(restored))
            return;
        using var assets = JsonDocument.Parse(File.ReadAllBytes(restored));
        var cache = assets.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name;
        foreach (var package in Directory.GetDirectories(cache, "pikku.akka*"))
            if (Directory.Exists(Path.Combine(package, version)))
                Directory.Delete(Path.Combine(package, version), recursive: true);
    }
}
