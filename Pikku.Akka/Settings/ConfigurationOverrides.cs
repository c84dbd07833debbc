using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Pikku.Akka.Settings;

/// <summary>
/// Reads <c>pikku</c> and <c>akka</c> from <see cref="IConfiguration"/>, one layer per source. The sources are read one by one because .NET treats
/// <c>IDLE_TIMEOUT</c> of the environment and <c>idle-timeout</c> of the command line as two keys; in the merged configuration the stronger
/// source would not win.
/// </summary>
internal static class ConfigurationOverrides
{
    /// <summary>The layers, weakest first.</summary>
    public static IEnumerable<Config> Of(IConfiguration? configuration, List<string> problems) =>
        Sources(configuration).Select(source => Layer(source, problems)).OfType<Config>();

    private static IEnumerable<Source> Sources(IConfiguration? configuration) => configuration switch
    {
        null => [],
        IConfigurationRoot root => root.Providers.SelectMany(Sources),
        _ =>
        [
            new(
                path => configuration.GetSection(path).GetChildren().Select(child => child.Key),
                path => configuration[path],
                MaySetAkka: false),
        ],
    };

    private static IEnumerable<Source> Sources(IConfigurationProvider provider) => provider is ChainedConfigurationProvider chained
        ? Sources(chained.Configuration)
        :
        [
            new(
                path => provider.GetChildKeys([], path),
                path => provider.TryGet(path, out var value) ? value : null,
                // A section "Akka" of a configuration file belongs to the application and may have any form.
                MaySetAkka: provider is EnvironmentVariablesConfigurationProvider or CommandLineConfigurationProvider),
        ];

    private static Config? Layer(Source source, List<string> problems)
    {
        var root = new HoconObject();
        foreach (var name in source.MaySetAkka ? ["pikku", "akka"] : (string[])["pikku"])
            // A value at the root of a section is unrelated, such as an environment variable with the name PIKKU.
            if (Section(source, name, name, problems) is { } section)
                root.Items.Add(name, section);
        return root.Items.Count == 0 ? null : new Config(new HoconRoot(Holding(root)));
    }

    private static HoconValue? Section(Source source, string path, string name, List<string> problems)
    {
        var section = new HoconObject();
        foreach (var key in source.ChildKeys(path).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var childPath = ConfigurationPath.Combine(path, key);
            var child = KebabCase.Of(key);
            var childName = $"{name}.{child}";
            var inner = Section(source, childPath, childName, problems);
            var text = source.Value(childPath);
            if (inner is not null && !string.IsNullOrEmpty(text))
                problems.Add($"{childName} = {text} has a value and keys below it in the same source. Remove the value or the keys.");
            else if ((inner ?? Literal(text)) is { } value && !section.Items.TryAdd(child, value))
                problems.Add($"{childName} is set twice in the same source, the second time as {key}. Remove one.");
        }

        return section.Items.Count == 0 ? null : Holding(AsList(section) ?? (IHoconElement)section);
    }

    // .NET represents a list as the keys 0, 1, 2.
    private static HoconArray? AsList(HoconObject section)
    {
        var items = new SortedList<int, HoconValue>();
        foreach (var (key, value) in section.Items)
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || !items.TryAdd(index, value))
                return null;
        var list = new HoconArray();
        list.AddRange(items.Values);
        return list;
    }

    private static HoconValue? Literal(string? text) => text is null ? null : Holding(new HoconLiteral { Value = text });

    private static HoconValue Holding(IHoconElement element)
    {
        var value = new HoconValue();
        value.AppendValue(element);
        return value;
    }

    private readonly record struct Source(Func<string, IEnumerable<string>> ChildKeys, Func<string, string?> Value, bool MaySetAkka);
}
