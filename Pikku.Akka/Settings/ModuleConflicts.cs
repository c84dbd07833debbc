using Akka.Configuration;

namespace Pikku.Akka.Settings;

/// <summary>
/// Finds settings to which two modules of an application give different values. Which one would win depends on the order in which the modules are
/// registered, so neither does: the start fails.
/// </summary>
internal static class ModuleConflicts
{
    public static void Check(IEnumerable<(HoconSource Source, Config? Config)> texts, List<string> problems)
    {
        var settings = new Dictionary<string, List<Setting>>(StringComparer.Ordinal);
        foreach (var (source, config) in texts)
            if (config?.Root is { } root && root.GetObject() is not null)
                foreach (var (path, value) in HoconLeaves.Of(root, ""))
                    Add(settings, path.TrimStart('.'), new Setting(source, HoconLeaves.ShowWhole(value)));
        foreach (var (path, values) in settings)
            if (values.DistinctBy(setting => setting.Value, StringComparer.Ordinal).ToArray() is { Length: > 1 } different)
                problems.Add(
                    $"{path} is {string.Join(" and ", different.Select(setting => $"{HoconLeaves.Shortened(setting.Value)} in {setting.Source.Origin}"))}. "
                    + "Keep one of them.");
    }

    private static void Add(Dictionary<string, List<Setting>> settings, string path, Setting setting)
    {
        if (!settings.TryGetValue(path, out var values))
            settings.Add(path, values = []);
        values.RemoveAll(before => before.Source.Module == setting.Source.Module);
        values.Add(setting);
    }

    private readonly record struct Setting(HoconSource Source, string Value);
}
