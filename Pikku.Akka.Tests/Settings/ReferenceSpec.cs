using System.Reflection;
using System.Text.RegularExpressions;
using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

/// <summary>The code, <c>reference.conf</c> and the operator's table agree.</summary>
public sealed partial class ReferenceSpec
{
    private static readonly IReadOnlyList<Entry> Entries = [.. ReadEntries(SettingsLoader.Reference())];

    private static readonly string Operating = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "operating.md"));

    public static TheoryData<string> SettingKeys => new(Entries
        .Where(entry => !entry.IsSection && entry.Path.StartsWith("pikku.", StringComparison.Ordinal))
        .Select(entry => entry.Path));

    public static TheoryData<string> Properties => new(PropertyPaths(typeof(PikkuSettings), "pikku"));

    public static TheoryData<string> Files => new(
        Directory.GetFiles(Path.Combine(RepositoryRoot(), "hocon"), "*.conf").Select(path => Path.GetFileName(path)));

    [Fact]
    public void Every_key_is_read() => Assert.NotNull(SettingsLoader.Read(SettingsLoader.Load(null, [])));

    [Theory]
    [MemberData(nameof(Properties))]
    public void Every_property_of_the_settings_has_its_key(string path) => Assert.Contains(Entries, entry => entry.Path == path);

    [Theory]
    [MemberData(nameof(SettingKeys))]
    public void Every_key_has_its_property(string path) => Assert.Contains(path, PropertyPaths(typeof(PikkuSettings), "pikku"));

    [Theory]
    [MemberData(nameof(SettingKeys))]
    public void Every_key_sets_the_property_of_its_name(string path)
    {
        var (text, value) = path switch
        {
            "pikku.outbox.overflow" => ("keep-latest", OutboxOverflow.KeepLatest),
            "pikku.compression.effort" => ("fastest", CompressionEffort.Fastest),
            "pikku.session.on-expiry" or "pikku.session.on-revoke" => ("downgrade", SessionExpiry.Downgrade),
            "pikku.session.on-clear" => ("connection", SessionClearing.Connection),
            "pikku.dispatch.mode" => ("efficiency", DispatchMode.Efficiency),
            "pikku.trace.ratio" => ("0.25", 0.25),
            "pikku.trace.client-context" => ("parent", ClientTraceContext.Parent),
            "pikku.function.placement" => ("[\"resize=worker\"]", new[] { "resize=worker" }),
            "pikku.function.blocking" => ("[\"resize=8\"]", new[] { "resize=8" }),
            "pikku.cluster.seeds" => ("[\"a.example:4053\"]", new[] { "a.example:4053" }),
            "pikku.watch.masked-names" => ("[pin]", new[] { "pin" }),
            "pikku.cluster.roles" => ("[front, worker]", new[] { "front", "worker" }),
            _ => Another(Entries.Single(entry => entry.Path == path).Value),
        };
        var changed = Read.Hocon(
            $"{path} = {text}\nakka.remote.dot-netty.tcp.maximum-frame-size = 8MiB",
            path switch
            {
                "pikku.connection.max-message-size" => "pikku { connection.inbox-size = 4MiB\n outbox.max-size = 4MiB }",
                "pikku.cluster.seeds" => "pikku.cluster.host = b.example",
                _ => "",
            });

        Assert.Equal(value, ValueAt(changed, path));
        Assert.NotEqual(value, ValueAt(Read.Hocon(), path));
    }

    [Theory]
    [MemberData(nameof(SettingKeys))]
    public void Every_key_has_unit_default_and_reason_above_it(string path)
    {
        var comment = Entries.Single(entry => entry.Path == path).Comment;
        Assert.Contains("Unit: ", comment, StringComparison.Ordinal);
        Assert.Contains("Default: ", comment, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_section_has_a_description() =>
        Assert.All(Entries.Where(entry => entry.IsSection && entry.Path != "pikku"), entry => Assert.NotEqual("", entry.Comment));

    [Theory]
    [MemberData(nameof(SettingKeys))]
    public void Every_key_and_its_default_are_in_the_operators_table(string path)
    {
        var value = Entries.Single(entry => entry.Path == path).Value.Trim('"');
        Assert.Contains($"| `{path}` | `{value}` |", Operating, StringComparison.Ordinal);
    }

    [Fact]
    public void The_operators_table_contains_no_other_keys()
    {
        var rows = TableRow().Matches(Operating[..Operating.IndexOf("## Metrics", StringComparison.Ordinal)]).Select(row => row.Groups["path"].Value);
        Assert.Empty(rows.Except(Entries.Select(entry => entry.Path)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_shipped_file_is_legal(string name) => Assert.NotNull(SettingsLoader.Read(
        SettingsLoader.Load(null, [], [Path.Combine(RepositoryRoot(), "hocon", name)])));

    [Fact]
    public void The_example_in_the_hosts_file_is_legal()
    {
        var lines = File.ReadLines(Path.Combine(RepositoryRoot(), "hocon", "pikku.conf")).SkipWhile(line => line != "# pikku {");
        var settings = Read.Hocon(string.Join('\n', lines.Select(line => line.TrimStart('#'))));
        Assert.NotEqual(Read.Hocon().Connection.IdleTimeout, settings.Connection.IdleTimeout);
    }

    [Fact]
    public void Akka_reads_the_frame_size_of_the_reference() => Assert.Equal(
        1 << 20, SettingsLoader.Load(null, []).GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size", null));

    private static (string Text, object Value) Another(string text) => text switch
    {
        "on" => ("off", false),
        "off" => ("on", true),
        "[]" => ("[\"https://a.example\"]", new[] { "https://a.example" }),
        "auto" => ("61", 61),
        _ when int.TryParse(text, out var number) => ($"{number + 3}", number + 3),
        _ when SizeText.Parse(text) is { } size => (SizeText.Format(size * 3 / 2), (int)(size * 3 / 2)),
        _ when DurationText.Parse(text) is { } time => (DurationText.Format(time * 3), time * 3),
        _ => ("other", "other"),
    };

    private static object ValueAt(object settings, string path)
    {
        foreach (var name in path.Split('.').Skip(1))
            settings = settings.GetType().GetProperties().Single(property => KebabCase.Of(property.Name) == name).GetValue(settings)!;
        return settings;
    }

    private static IEnumerable<string> PropertyPaths(Type settings, string path) => settings
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .SelectMany(property => property.PropertyType.Name.EndsWith("Settings", StringComparison.Ordinal)
            ? PropertyPaths(property.PropertyType, $"{path}.{KebabCase.Of(property.Name)}")
            : [$"{path}.{KebabCase.Of(property.Name)}"]);

    private static IEnumerable<Entry> ReadEntries(string text)
    {
        var path = new List<string>();
        var comment = "";
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('#'))
            {
                comment += line + "\n";
                continue;
            }

            if (line == "}")
            {
                path.RemoveAt(path.Count - 1);
            }
            else if (line.EndsWith('{'))
            {
                path.Add(line[..^1].Trim());
                yield return new(string.Join('.', path), "", comment, IsSection: true);
            }
            else if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                var key = string.Join('.', [.. path, line[..equals].Trim()]);
                yield return new(key, line[(equals + 1)..].Trim(), comment, IsSection: false);
            }

            comment = "";
        }
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Pikku.Akka.sln")))
            directory = directory.Parent!;
        return directory.FullName;
    }

    [GeneratedRegex(@"^\| `(?<path>(pikku|akka)\.[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    private sealed record Entry(string Path, string Value, string Comment, bool IsSection);
}
