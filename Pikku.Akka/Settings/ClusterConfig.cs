using System.Globalization;
using System.Text;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace Pikku.Akka.Settings;

/// <summary>From <c>pikku.cluster</c> to what Akka needs to know for it.</summary>
internal static class ClusterConfig
{
    /// <summary>The embedded settings of Akka for a node of a cluster, each with its reason.</summary>
    public const string Resource = "Pikku.Akka.cluster.conf";

    // Containers are told by plain variables; PIKKU__CLUSTER__HOST does the same.
    private static readonly (string Variable, string Key)[] Variables =
    [
        ("PIKKU_CLUSTER_HOST", "host"), ("PIKKU_CLUSTER_PORT", "port"), ("PIKKU_CLUSTER_SEEDS", "seeds"), ("PIKKU_CLUSTER_ROLES", "roles"),
    ];

    /// <summary>What <c>PIKKU_CLUSTER_HOST</c> and its sisters say; null when they are not set.</summary>
    public static Config? FromVariables(IConfiguration? configuration, List<string> problems)
    {
        var text = new StringBuilder();
        foreach (var (variable, key) in Variables)
            if (configuration?[variable] is { Length: > 0 } value)
                text.Append(CultureInfo.InvariantCulture, $"pikku.cluster.{key} = \"{value.Replace("\"", "", StringComparison.Ordinal)}\"\n");
        return text.Length == 0 ? null : HoconText.Parse(text.ToString(), "PIKKU_CLUSTER_*", problems);
    }

    /// <summary>What Akka is told: <c>cluster.conf</c>, and over it address, seeds and roles; null for a node that stands alone.</summary>
    /// <param name="merged">All settings of the application.</param>
    /// <param name="problems">Gets what can't be read.</param>
    public static Config? Of(Config merged, List<string> problems)
    {
        var host = merged.GetString("pikku.cluster.host", NodeSettings.Alone);
        var seeds = Items(merged, "pikku.cluster.seeds");
        if (host == NodeSettings.Alone)
        {
            if (seeds.Length > 0)
                problems.Add("pikku.cluster.seeds are set and pikku.cluster.host is none. Set the host under which the others reach this node, or remove the seeds.");
            return null;
        }

        var port = merged.GetString("pikku.cluster.port", "0");
        // Who is told of nobody begins a cluster.
        var nodes = seeds.Length > 0 ? seeds : port == "0" ? [] : [$"{host}:{port}"];
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            akka.remote.dot-netty.tcp { hostname = "{{host}}", port = {{port}} }
            akka.cluster.seed-nodes = [{{string.Join(", ", nodes.Select(seed => $"\"akka.tcp://pikku@{seed}\""))}}]
            akka.cluster.roles = [{{string.Join(", ", Items(merged, "pikku.cluster.roles").Select(role => $"\"{role}\""))}}]
            """);
        var cluster = HoconText.Parse(SettingsLoader.Embedded(Resource), "cluster.conf", problems);
        return HoconText.Parse(text, "pikku.cluster", problems) is { } own && cluster is not null ? own.WithFallback(cluster) : null;
    }

    public static bool IsSeed(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && !text.AsSpan(0, colon).ContainsAny('/', '@', '"');

    private static string[] Items(Config config, string path) => config.GetValue(path) switch
    {
        null => [],
        var value when value.IsString() =>
            HoconLeaves.Text(value).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        var value => [.. value.GetArray().Select(HoconLeaves.Text)],
    };
}
