using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Docs;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace Pikku.Akka.Tests.Deploy;

/// <summary>
/// The files in <c>deploy/</c> fit each other, the Host and the settings of the library. Nothing here builds an image or starts a container; what runs the proxies is <see cref="ProxySpec"/>.
/// </summary>
public sealed partial class DeployFilesSpec
{
    // The longest time between SIGTERM and the end of a node besides the drain: it leaves the cluster, and the server stops.
    private const int Leave = 15;

    public static TheoryData<string, string> Workloads => new() { { "kanban.yaml", "Deployment" }, { "stateful-set.yaml", "StatefulSet" } };

    [Fact]
    public void The_image_is_built_in_stages_runs_without_rights_and_checks_its_own_health()
    {
        var steps = File.ReadAllText(Repository.PathOf("deploy", "docker", "Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal)
            .Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ', 2)).ToArray();

        Assert.Equal(["FROM", "FROM"], steps.Select(step => step[0]).Where(name => name == "FROM"));
        Assert.Equal(["build"], steps.Where(step => step[0] == "FROM").Select(step => Regex.Match(step[1], " AS (.+)$").Groups[1].Value).Where(name => name.Length > 0));
        var last = steps[Array.FindLastIndex(steps, step => step[0] == "FROM")..];
        Assert.Contains("aspnet:10.0-noble-chiseled", last[0][1], StringComparison.Ordinal); // no shell
        Assert.Equal("1654", Assert.Single(last, step => step[0] == "USER")[1]);
        Assert.Contains("--from=build", Assert.Single(last, step => step[0] == "COPY")[1], StringComparison.Ordinal);
        Assert.EndsWith($"CMD [\"dotnet\", \"Pikku.Akka.Host.dll\", \"{Akka.Host.Health.Command}\"]", Assert.Single(last, step => step[0] == "HEALTHCHECK")[1], StringComparison.Ordinal);
        // A program in brackets gets the signals; a line of text would be run by a shell, which is not there.
        Assert.StartsWith("[", Assert.Single(last, step => step[0] == "ENTRYPOINT")[1], StringComparison.Ordinal);
        Assert.All(steps, step => Assert.DoesNotMatch("(?i)(password|secret|token|jwt)", step[^1]));
        Assert.Equal("8080 4053", Assert.Single(last, step => step[0] == "EXPOSE")[1]);
    }

    [Fact]
    public void The_context_of_the_image_has_what_the_Host_is_built_from()
    {
        var allowed = File.ReadAllLines(Repository.PathOf("deploy", "docker", "Dockerfile.dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();
        Assert.All(allowed.Where(path => !path.Contains('*', StringComparison.Ordinal)), path => Assert.True(File.Exists(Repository.PathOf(path)), $"{path} does not exist."));
        // Everything that the projects of the Host import, embed or copy from another folder.
        foreach (var project in ProjectsOf(Repository.PathOf("Pikku.Akka.Host", "Pikku.Akka.Host.csproj")))
            foreach (Match outside in Outside().Matches(File.ReadAllText(project)))
            {
                var path = Repository.Relative(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, outside.Groups[1].Value)));
                Assert.True(
                    Array.Exists(allowed, pattern => Regex.IsMatch(path, $"^{Regex.Escape(pattern).Replace("\\*\\*", ".*", StringComparison.Ordinal).Replace("\\*", "[^/]*", StringComparison.Ordinal)}")),
                    $"{Repository.Relative(project)} needs {path}, which Dockerfile.dockerignore leaves out.");
            }
    }

    [Fact]
    public void The_services_of_compose_are_three_nodes_behind_the_configuration_of_nginx_that_is_shipped()
    {
        // Anchors and merge keys are those of compose.
        var parser = new MergingParser(new Parser(new StringReader(File.ReadAllText(Repository.PathOf("deploy", "compose", "compose.yaml")))));
        var compose = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parser);
        var services = Map(compose["services"]);
        Assert.Equal(["nginx", "node1", "node2", "node3", "postgres"], services.Keys.Select(key => (string)key).Order(StringComparer.Ordinal));
        var nginx = File.ReadAllText(Repository.PathOf("deploy", "compose", "nginx.conf"));
        foreach (var name in (string[])["node1", "node2", "node3"])
        {
            var node = Map(services[name]);
            Assert.Equal("true", node["read_only"]);
            Assert.Equal(["ALL"], (IEnumerable<object>)node["cap_drop"]);
            Assert.True(Seconds((string)node["stop_grace_period"]) >= Setting("shutdown", "drain-timeout") + Leave);
            var environment = Map(node["environment"]).ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value);
            Assert.Equal(name, environment["PIKKU_CLUSTER_HOST"]);
            var settings = AreSettings(environment);
            Assert.Equal(["node1:4053", "node2:4053"], settings.Cluster.Seeds);
            Assert.Contains($"server {name}:8080", nginx, StringComparison.Ordinal);
            // Secrets come from outside.
            Assert.Equal("${JWT_KEY:?}", environment["Jwt__Key"]);
            Assert.EndsWith("Password=${POSTGRES_PASSWORD:?}", environment["ConnectionStrings__PostgreSQL"], StringComparison.Ordinal);
            Assert.Equal(Map(Map(Map(services["nginx"])["networks"])["inner"])["ipv4_address"], environment["TrustedProxies"]);
            Assert.True(File.Exists(Path.Combine(Repository.PathOf("deploy", "compose"), (string)Map(node["build"])["context"], (string)Map(node["build"])["dockerfile"])));
        }

        // It differs from the shipped one in names, addresses and certificates only.
        string[] Directives(string text) => [.. text.Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#' && !Regex.IsMatch(line, "^(server (10|node)|listen|server_name|ssl_|access_log)"))];
        Assert.Equal(Directives(File.ReadAllText(Repository.PathOf("deploy", "nginx", "pikku.conf"))), Directives(nginx));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void The_pods_of_Kubernetes_fit_the_Host_and_the_settings(string file, string kind)
    {
        var documents = Documents(file);
        var workload = documents.Single(document => document["kind"].ToString() == kind);
        var pod = workload["spec"]["template"]["spec"];
        var container = pod["containers"][0];

        Assert.Equal("false", pod["enableServiceLinks"].ToString());
        var preStop = int.Parse(container["lifecycle"]["preStop"]["sleep"]["seconds"].ToString(), CultureInfo.InvariantCulture);
        Assert.True(int.Parse(pod["terminationGracePeriodSeconds"].ToString(), CultureInfo.InvariantCulture) >= preStop + Setting("shutdown", "drain-timeout") + Leave);
        Assert.Equal("true", pod["securityContext"]["runAsNonRoot"].ToString());
        Assert.Equal("1654", pod["securityContext"]["runAsUser"].ToString());
        Assert.Equal("true", container["securityContext"]["readOnlyRootFilesystem"].ToString());
        Assert.Equal("false", container["securityContext"]["allowPrivilegeEscalation"].ToString());
        Assert.Equal("ALL", container["securityContext"]["capabilities"]["drop"][0].ToString());

        var ports = ((YamlSequenceNode)container["ports"]).Select(port => port["name"].ToString()).ToArray();
        var app = File.ReadAllText(Repository.PathOf("Pikku.Akka.Host", "HostApp.cs"));
        foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
        {
            Assert.Contains(container[probe]["httpGet"]["port"].ToString(), ports);
            Assert.Contains($"MapHealthChecks(\"{container[probe]["httpGet"]["path"]}\"", app, StringComparison.Ordinal);
        }

        var startup = container["startupProbe"];
        Assert.True(int.Parse(startup["periodSeconds"].ToString(), CultureInfo.InvariantCulture) * int.Parse(startup["failureThreshold"].ToString(), CultureInfo.InvariantCulture) >= Setting("cluster", "join-timeout"));

        var variables = ((YamlSequenceNode)container["env"]).Cast<YamlMappingNode>().ToDictionary(
            variable => variable["name"].ToString(), variable => variable.Children.TryGetValue("value", out var value) ? value.ToString() : "10.0.0.1");
        AreSettings(variables);
        Assert.Contains("secretKeyRef", Variable(container, "Jwt__Key").Children.Keys.Select(key => key.ToString()).Append(Variable(container, "Jwt__Key")["valueFrom"].ToString()).Aggregate(string.Concat), StringComparison.Ordinal);
        Assert.Equal(
            ((YamlSequenceNode)container["volumeMounts"]).Select(mount => mount["name"].ToString()).Order(StringComparer.Ordinal),
            Volumes(workload).Order(StringComparer.Ordinal));
        Assert.Equal(workload["spec"]["selector"]["matchLabels"].ToString(), workload["spec"]["template"]["metadata"]["labels"].ToString());
        foreach (var service in documents.Where(document => document["kind"].ToString() == "Service"))
            Assert.Equal(service["spec"]["selector"].ToString(), workload["spec"]["template"]["metadata"]["labels"].ToString());
    }

    [Fact]
    public void A_rolling_update_of_the_deployment_never_takes_a_node_away_before_another_one_is_ready()
    {
        var documents = Documents("kanban.yaml").ToDictionary(document => document["kind"].ToString());
        Assert.Equal(
            ["ConfigMap", "Deployment", "NetworkPolicy", "PodDisruptionBudget", "Role", "RoleBinding", "Service", "ServiceAccount"], documents.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("0", documents["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"].ToString());

        // The discovery: the account of the pods may list pods and nothing else, and the settings select these pods.
        var pod = documents["Deployment"]["spec"]["template"];
        Assert.Equal(documents["ServiceAccount"]["metadata"]["name"].ToString(), pod["spec"]["serviceAccountName"].ToString());
        Assert.Equal(documents["ServiceAccount"]["metadata"]["name"].ToString(), documents["RoleBinding"]["subjects"][0]["name"].ToString());
        Assert.Equal(documents["Role"]["metadata"]["name"].ToString(), documents["RoleBinding"]["roleRef"]["name"].ToString());
        var rule = Assert.Single((YamlSequenceNode)documents["Role"]["rules"]);
        Assert.Equal(["pods", "list"], [Assert.Single((YamlSequenceNode)rule["resources"]).ToString(), Assert.Single((YamlSequenceNode)rule["verbs"]).ToString()]);
        var settings = SettingsLoader.Read(SettingsLoader.Load(null, [documents["ConfigMap"]["data"]["pikku.conf"].ToString()]));
        Assert.Equal($"app={pod["metadata"]["labels"]["app"]}", settings.Cluster.Discovery.Kubernetes.LabelSelector);
        var replicas = int.Parse(documents["Deployment"]["spec"]["replicas"].ToString(), CultureInfo.InvariantCulture);
        Assert.Equal(replicas / 2 + 1, settings.Cluster.Discovery.RequiredNodes);
        // Only pods of the application reach the port between nodes.
        var cluster = ((YamlSequenceNode)documents["NetworkPolicy"]["spec"]["ingress"]).Single(ingress => ingress["ports"][0]["port"].ToString() == "cluster");
        Assert.Equal(pod["metadata"]["labels"].ToString(), cluster["from"][0]["podSelector"]["matchLabels"].ToString());
    }

    [Fact]
    public void The_unit_of_systemd_is_hardened_and_gives_a_drain_its_time()
    {
        var unit = File.ReadAllLines(Repository.PathOf("deploy", "systemd", "pikku-host.service"));
        string Value(string key) => Assert.Single(unit, line => line.StartsWith($"{key}=", StringComparison.Ordinal))[(key.Length + 1)..];

        Assert.True(Seconds(Value("TimeoutStopSec")) >= Setting("shutdown", "drain-timeout") + Leave);
        Assert.True(Seconds(Value("TimeoutStartSec")) > Setting("cluster", "join-timeout"));
        Assert.Equal(["yes", "strict", "yes", "yes"], [Value("NoNewPrivileges"), Value("ProtectSystem"), Value("ProtectHome"), Value("DynamicUser")]);
        Assert.Equal("notify", Value("Type"));
        Assert.True(int.Parse(Value("LimitNOFILE"), CultureInfo.InvariantCulture) >= 65536);
        var environment = unit.Where(line => line.StartsWith("Environment=", StringComparison.Ordinal))
            .Select(line => line["Environment=".Length..].Trim('"').Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim('"'));
        AreSettings(environment);
        // What the node writes is in the directory that systemd creates for it.
        Assert.Equal($"/var/lib/{Value("StateDirectory")}", environment["PIKKU__CLUSTER__STATE_DIRECTORY"]);
        Assert.All(unit, line => Assert.DoesNotMatch("^Environment=(?i).*(key|password)", line));
    }

    [SkippableFact]
    public async Task The_unit_of_systemd_is_accepted_by_systemd()
    {
        Skip.IfNot(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed. Install it (apt-get install systemd).");
        var folder = Directory.CreateTempSubdirectory("pikku-unit-");
        try
        {
            // The program exists only on the machine of the node.
            var unit = Path.Combine(folder.FullName, "pikku-host.service");
            await File.WriteAllTextAsync(unit, File.ReadAllText(Repository.PathOf("deploy", "systemd", "pikku-host.service")).Replace("/usr/bin/dotnet /opt", "/bin/true /opt", StringComparison.Ordinal));
            using var analyze = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", unit]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var output = await analyze.StandardError.ReadToEndAsync() + await analyze.StandardOutput.ReadToEndAsync();
            await analyze.WaitForExitAsync();
            Assert.DoesNotContain(output.Split('\n'), line => line.Contains("pikku-host", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("nginx", "nginx", "pikku.conf")]
    [InlineData("caddyfile", "caddy", "Caddyfile")]
    public void The_guide_to_proxies_shows_what_is_shipped(string language, string folder, string file) => Assert.Equal(
        File.ReadAllText(Repository.PathOf("deploy", folder, file)).TrimEnd(),
        MarkdownPage.Open(Repository.PathOf("docs", "how-to", "proxy.md")).Blocks.Single(block => block.Language == language).Text.TrimEnd());

    [Fact]
    public void Every_folder_is_in_the_index()
    {
        var index = File.ReadAllText(Repository.PathOf("deploy", "README.md"));
        Assert.All(Directory.GetDirectories(Repository.PathOf("deploy")).Select(Path.GetFileName), name => Assert.Contains($"]({name}", index, StringComparison.Ordinal));
    }

    /// <summary>Loads the variables as a node does, and fails if one of them is unknown or has an illegal value.</summary>
    private static PikkuSettings AreSettings(Dictionary<string, string> variables)
    {
        string[] ofHost = ["Jwt__Key", "TrustedProxies", "Demo__Enabled", "ConnectionStrings__PostgreSQL", "ConnectionStrings__SQLite"];
        var host = File.ReadAllText(Repository.PathOf("Pikku.Akka.Host", "README.md"));
        Assert.All(ofHost, name => Assert.Contains($"`{name.Replace("__", ":", StringComparison.Ordinal)}`", host, StringComparison.Ordinal));
        string[] known = [.. ofHost, "ASPNETCORE_URLS", "DOTNET_EnableDiagnostics", "POD_NAME"];
        Assert.All(variables.Keys.Where(name => !name.StartsWith("PIKKU", StringComparison.Ordinal)), name => Assert.Contains(name, known));
        var warnings = new List<string>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            variables.Select(pair => new KeyValuePair<string, string?>(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value))).Build();
        var settings = SettingsLoader.Read(SettingsLoader.Load(configuration, [], warnings: warnings));
        Assert.Empty(warnings);
        return settings;
    }

    private static YamlNode[] Documents(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Repository.PathOf("deploy", "kubernetes", file))));
        return [.. yaml.Documents.Select(document => document.RootNode)];
    }

    private static YamlMappingNode Variable(YamlNode container, string name) =>
        (YamlMappingNode)((YamlSequenceNode)container["env"]).Single(variable => variable["name"].ToString() == name);

    private static IEnumerable<string> Volumes(YamlNode workload)
    {
        foreach (var volume in (YamlSequenceNode)workload["spec"]["template"]["spec"]["volumes"])
            yield return volume["name"].ToString();
        if (((YamlMappingNode)workload["spec"]).Children.TryGetValue("volumeClaimTemplates", out var claims))
            foreach (var claim in (YamlSequenceNode)claims)
                yield return claim["metadata"]["name"].ToString();
    }

    private static HashSet<string> ProjectsOf(string project)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Add(project);
        return found;

        void Add(string path)
        {
            if (!found.Add(path))
                return;
            foreach (Match reference in Reference().Matches(File.ReadAllText(path)))
                Add(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, reference.Groups[1].Value)));
        }
    }

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;

    private static int Setting(string section, string key) => Seconds(
        Regex.Match(File.ReadAllText(Repository.PathOf("hocon", "reference.conf")), $$"""^  {{section}} \{.*?^    {{key}} = (\d+s)$""", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value);

    private static int Seconds(string text) => int.Parse(Regex.Match(text, "^([0-9]+)s$").Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("(?:Include|Project)=\"(\\.\\./[^\"*]+)")]
    private static partial Regex Outside();
}
