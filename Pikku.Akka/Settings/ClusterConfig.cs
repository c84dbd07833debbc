using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace Pikku.Akka.Settings;

/// <summary>Translates <c>pikku.cluster</c> into the settings of Akka.</summary>
internal static partial class ClusterConfig
{
    private const string OfEveryCluster = "cluster.conf";
    private const string OfOwnCluster = "own-cluster.conf";
    private const string OfApplication = "application.conf";

    // Those that say which nodes belong together. The other keys of the section are about Pikku's own messages, in whatever cluster.
    private static readonly string[] Addresses = ["host", "port", "seeds", "roles", "state-directory"];

    // Containers are usually configured with plain variables; PIKKU__CLUSTER__HOST has the same effect.
    private static readonly (string Variable, string Key)[] Variables =
    [
        ("PIKKU_CLUSTER_HOST", "host"), ("PIKKU_CLUSTER_PORT", "port"), ("PIKKU_CLUSTER_SEEDS", "seeds"), ("PIKKU_CLUSTER_ROLES", "roles"),
    ];

    /// <summary>Reads <c>PIKKU_CLUSTER_HOST</c> and the related variables; null when none of them is set.</summary>
    public static Config? FromVariables(IConfiguration? configuration, List<string> problems, List<string> warnings)
    {
        if (configuration is null)
            return null;
        var text = new StringBuilder();
        foreach (var (variable, key) in Variables)
            if (configuration[variable]?.Trim() is { Length: > 0 } value && !IsKubernetesServiceLink(variable, value, configuration, problems, warnings))
                text.Append(CultureInfo.InvariantCulture, $"pikku.cluster.{key} = \"{Escaped(value)}\"\n");
        WarnOfUnknown(configuration, warnings);
        return text.Length == 0 ? null : HoconText.Parse(text.ToString(), "PIKKU_CLUSTER_*", problems);
    }

    // Kubernetes sets variables for every service in every container: for a service named pikku-cluster, PIKKU_CLUSTER_PORT is an address.
    private static bool IsKubernetesServiceLink(string variable, string value, IConfiguration configuration, List<string> problems, List<string> warnings)
    {
        if (!value.Contains("://", StringComparison.Ordinal))
            return false;
        const string cause = "which is what Kubernetes sets for a service named pikku-cluster";
        const string fix = "Write enableServiceLinks: false into the pod, or rename the service";
        if (variable != "PIKKU_CLUSTER_PORT")
            problems.Add($"{variable} = {value} is an address with a scheme. Write a host name without one.");
        else if (string.IsNullOrWhiteSpace(configuration["PIKKU_CLUSTER_HOST"]))
            warnings.Add($"PIKKU_CLUSTER_PORT = {value} is ignored: it is an address and not a port, {cause}. {fix}.");
        else
            problems.Add(
                $"PIKKU_CLUSTER_PORT = {value} is an address and not a port, {cause}, and PIKKU_CLUSTER_HOST = {configuration["PIKKU_CLUSTER_HOST"]} "
                + $"makes this node a cluster node, which needs the port. {fix}, or set pikku.cluster.port by PIKKU__CLUSTER__PORT and remove the variable.");
        return true;
    }

    // With a misspelt variable the node would run without a cluster, and nothing would show why.
    private static void WarnOfUnknown(IConfiguration configuration, List<string> warnings)
    {
        const string prefix = "PIKKU_CLUSTER_";
        foreach (var name in configuration.GetChildren().Select(child => child.Key).Where(key => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        {
            var ours = Variables.Any(known => string.Equals(known.Variable, name, StringComparison.OrdinalIgnoreCase));
            if (!ours && !ServiceLink().IsMatch(name))
                warnings.Add(
                    $"{name} is not a variable of Pikku.Akka and is ignored. Remove it, or write {Suggestion(name[prefix.Length..])}.");
        }
    }

    private static string Suggestion(string written) =>
        NearestKey.Of(written.ToLowerInvariant(), Variables.Select(known => known.Key)) is { } near
            ? Variables.Single(known => known.Key == near).Variable
            : string.Join(", ", Variables.Select(known => known.Variable));

    // …_SERVICE_HOST, …_SERVICE_PORT, …_SERVICE_PORT_HTTP, …_PORT_4053_TCP, …_PORT_4053_TCP_ADDR, and the same for names that begin like ours.
    [GeneratedRegex(@"_SERVICE_(HOST|PORT)(_\w+)?$|_PORT$|_PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?$", RegexOptions.IgnoreCase)]
    private static partial Regex ServiceLink();

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);

    /// <summary>
    /// What an actor system of the application has to be told so that Pikku can run in it. Everything the application sets lies over it.
    /// </summary>
    public static Config ForApplication { get; } = Embedded(OfApplication)
        .WithFallback(Embedded(OfEveryCluster))
        .WithFallback(ConfigurationFactory.ParseString(SettingsLoader.Reference()));

    /// <summary>Refuses addresses, seeds and roles where the application has an actor system of its own.</summary>
    /// <param name="merged">All settings of the application.</param>
    /// <param name="defaults">The defaults.</param>
    /// <param name="problems">Receives one problem that names all of them.</param>
    public static void Refuse(Config merged, Config defaults, List<string> problems)
    {
        var said = Addresses.Select(key => $"pikku.cluster.{key}").Where(path => !Items(merged, path).SequenceEqual(Items(defaults, path))).ToArray();
        if (said.Length > 0)
            problems.Add(
                $"{string.Join(", ", said.Select(path => $"{path} = {string.Join(", ", Items(merged, path))}"))}: the application has an actor system of its own, "
                + "and Pikku joins no cluster but the one of that system. Remove the setting, and configure the cluster where the actor system is created: "
                + "services.AddAkka(…, akka => akka.WithRemoting(…).WithClustering(…).WithPikku()).");
    }

    /// <summary>The cluster settings for Akka: the embedded files with address and roles on top; null without a cluster host.</summary>
    /// <param name="merged">All settings of the application.</param>
    /// <param name="problems">Receives the errors.</param>
    /// <param name="warnings">Receives the settings that have no effect.</param>
    public static Config? Of(Config merged, List<string> problems, List<string> warnings)
    {
        // StrictReader reports a key without a value.
        if (merged.GetString("pikku.cluster.host") is not { } host || merged.GetString("pikku.cluster.port") is not { } port)
            return null;
        var seeds = Items(merged, "pikku.cluster.seeds");
        if (host == NodeSettings.NoHost)
        {
            if (seeds.Length > 0)
                problems.Add("pikku.cluster.seeds are set and pikku.cluster.host is none. Set the host under which the others reach this node, or remove the seeds.");
            if (Items(merged, "pikku.cluster.roles") is { Length: > 0 } roles)
                warnings.Add($"pikku.cluster.roles = {string.Join(", ", roles)} has no effect because pikku.cluster.host is none and the node runs without a cluster. Set the host, or remove the roles.");
            return null;
        }

        CheckHost(host, problems);
        CheckSeeds(host, port, seeds, problems);
        if (port == "0" && merged.GetString("pikku.cluster.state-directory") is { } directory && directory != NodeSettings.NoDirectory)
            problems.Add(
                $"pikku.cluster.state-directory = {directory} needs a fixed port, because the other nodes and the file in the directory know this node by its port. "
                + "Set pikku.cluster.port, or write none.");
        // Akka's list of seeds stays empty: JoinActor joins the cluster. It asks more nodes than Akka's own seed process before it forms a new cluster.
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            akka.remote.dot-netty.tcp { hostname = "{{host}}", port = {{port}} }
            akka.cluster.roles = [{{string.Join(", ", Items(merged, "pikku.cluster.roles").Select(role => $"\"{role}\""))}}]
            """);
        return HoconText.Parse(text, "pikku.cluster", problems) is { } own
            ? own.WithFallback(Embedded(OfOwnCluster)).WithFallback(Embedded(OfEveryCluster))
            : null;
    }

    private static Config Embedded(string file) => ConfigurationFactory.ParseString(SettingsLoader.Embedded($"Pikku.Akka.{file}"));

    private static void CheckHost(string host, List<string> problems)
    {
        if (host is "*" || (IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))))
            problems.Add(
                $"pikku.cluster.host = {host} is a wildcard for every address of this machine; other nodes can't reach the node by it. "
                + "Write the address or the name of this node, such as 10.0.0.1.");
        else if (host.Any(char.IsWhiteSpace) || host.AsSpan().ContainsAny("/@\"") || (host.Contains(':', StringComparison.Ordinal) && address is null))
            problems.Add($"pikku.cluster.host = {host} is not a host. Write a name or an address, without scheme and port, such as 10.0.0.1; the port is pikku.cluster.port.");
    }

    // Akka compares node addresses as text. A node that is contacted under another spelling of its address ignores the message, and a node
    // that lists itself as a seed under another spelling waits for itself.
    private static void CheckSeeds(string host, string port, string[] seeds, List<string> problems)
    {
        if (port == "0" || seeds.Contains($"{host}:{port}", StringComparer.Ordinal))
            return;
        foreach (var seed in seeds.Where(IsSeed))
            if (seed[(seed.LastIndexOf(':') + 1)..] == port && IsSameHost(seed[..seed.LastIndexOf(':')], host))
                problems.Add(
                    $"pikku.cluster.seeds has {seed}, which is this node, but pikku.cluster.host spells it {host}. Nodes are compared as text: "
                    + $"write {host}:{port} in the seeds of all nodes, or {seed[..seed.LastIndexOf(':')]} as the host.");
    }

    // Compares without DNS: its answers differ between machines, and the start must not wait for them.
    private static bool IsSameHost(string one, string other)
    {
        var (a, b) = (Plain(one), Plain(other));
        return a == b
            || (IPAddress.TryParse(a, out var first) && IPAddress.TryParse(b, out var second) && first.MapToIPv6().Equals(second.MapToIPv6()))
            || (IsThisMachine(a) && IsThisMachine(b));
    }

    private static string Plain(string host) => host.TrimEnd('.').Trim('[', ']').ToLowerInvariant();

    private static bool IsThisMachine(string host) =>
        host == "localhost" || string.Equals(host, Environment.MachineName, StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

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
