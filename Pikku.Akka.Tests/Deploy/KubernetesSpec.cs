using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Kubernetes;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Cluster;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Deploy;

/// <summary>
/// Nodes find each other through the Kubernetes API. The API server is a small one of the test; the pods are nodes of this process, each at a loopback address of its own.
/// </summary>
public sealed class KubernetesSpec : IAsyncLifetime
{
    private const int Fails = 115;
    private const int Works = 116;

    private readonly int _port = NodeProcess.FreePorts(1)[0];
    private FakeKubernetes _kubernetes = null!;

    public async Task InitializeAsync() => _kubernetes = await FakeKubernetes.StartAsync();

    public async Task DisposeAsync() => await _kubernetes.DisposeAsync();

    [SkippableFact]
    public async Task Pods_that_start_together_form_one_cluster_and_a_restarted_pod_joins_it_although_it_has_the_lowest_address()
    {
        SkipWithoutAddresses();
        string[] pods = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
        _kubernetes.Run(pods);
        var nodes = (await Task.WhenAll(pods.Select(pod => StartAsync(pod)))).ToList();
        try
        {
            await Eventually.Holds(() => nodes.TrueForAll(node => MembersOf(node).Length == 3), "all are members of one cluster");
            Assert.Single(nodes, node => ClusterOf(node).State.Leader == ClusterOf(node).SelfAddress);

            // The pod with the lowest address is the one that would form a cluster if it found none.
            await nodes[0].DisposeAsync();
            nodes.RemoveAt(0);
            _kubernetes.Run(pods[1..]);
            await Eventually.Holds(() => nodes.TrueForAll(node => MembersOf(node).Length == 2), "it has left");
            _kubernetes.Run(pods);
            nodes.Insert(0, await StartAsync(pods[0]));
            await Eventually.Holds(() => nodes.TrueForAll(node => MembersOf(node).Length == 3), "it has joined their cluster");

            // Another pod, as in the rolling update of a deployment.
            _kubernetes.Run([.. pods, "127.0.0.4"]);
            nodes.Add(await StartAsync("127.0.0.4"));
            await Eventually.Holds(() => nodes.TrueForAll(node => MembersOf(node).Length == 4), "a new pod joins as well");
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_pod_that_finds_too_few_others_forms_no_cluster_and_says_why()
    {
        _kubernetes.Run("127.0.0.1");
        var log = new LogRecorder();
        var error = await Assert.ThrowsAsync<TimeoutException>(() => StartAsync("127.0.0.1", log, "pikku.cluster { join-timeout = 10s, discovery.stable-for = 100ms }"));
        Assert.Contains($"1 nodes were found (127.0.0.1:{_port}), and none of them is a member of a cluster. A new cluster needs 2 nodes (pikku.cluster.discovery.required-nodes).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_of_the_API_server_is_logged_once_with_its_fix_and_the_node_joins_when_it_ends()
    {
        _kubernetes.Run("127.0.0.1");
        _kubernetes.Refuse(403);
        var log = new LogRecorder();
        var starting = StartAsync("127.0.0.1", log, "pikku.cluster.discovery { required-nodes = 1, interval = 50ms }");
        await Eventually.Holds(() => log.Own.Any(line => line.EventId == Fails), "the refusal is logged");
        Assert.Contains(
            "the service account may not list the pods of the namespace boards. Bind it to a role with the verb list on pods", Assert.Single(log.Own, line => line.EventId == Fails).Text, StringComparison.Ordinal);

        _kubernetes.Refuse(0);
        await using var node = await starting;
        Assert.Single(log.Own, line => line.EventId == Fails);
        Assert.Single(log.Own, line => line.EventId == Works);
        Assert.Single(MembersOf(node));
    }

    [Fact]
    public async Task An_API_server_with_the_certificate_of_somebody_else_gets_no_token()
    {
        await using var other = await FakeKubernetes.StartAsync();
        _kubernetes.Run("127.0.0.1");
        using var discovery = new KubernetesDiscovery(Settings($"{_kubernetes.Hocon}\npikku.cluster.discovery.kubernetes.service-account = \"{other.ServiceAccount}\""));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => discovery.FindAsync(default));
        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);

        using var right = new KubernetesDiscovery(Settings(_kubernetes.Hocon));
        Assert.Equal([$"127.0.0.1:{_port}"], await right.FindAsync(default));
    }

    [Fact]
    public void What_a_pod_lacks_is_refused_at_the_start_with_the_fix_of_each()
    {
        var error = Assert.Throws<PikkuConfigurationException>(() => new KubernetesDiscovery(Settings("""
            pikku.cluster { host = kanban-0, port = 0, discovery.kubernetes { api = "somewhere", service-account = /missing } }
            """)));
        Assert.Equal(6, error.Problems.Count);
        Assert.All(
            ["label-selector is not set", "Set PIKKU_CLUSTER_HOST from the field status.podIP", "Write a port, such as 4053", "automountServiceAccountToken: true", "is not a URL", "Write the namespace of the pods"],
            fix => Assert.Contains(fix, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Seeds_and_a_state_directory_are_refused_beside_a_discovery()
    {
        var error = await Assert.ThrowsAsync<PikkuConfigurationException>(() =>
            StartAsync("127.0.0.1", hocon: "pikku.cluster { seeds = [\"127.0.0.1:4053\"], state-directory = /state }"));
        Assert.Contains("Remove the seeds, or the discovery.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Remove the directory, or the discovery.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_host_of_a_cluster_the_node_runs_alone_and_asks_nobody()
    {
        await using var node = await LiveNode.StartAppAsync(app => Wire(app));
        Assert.False(node.Services.GetRequiredService<ActorSystem>().Settings.HasCluster);
    }

    private static void SkipWithoutAddresses() => Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux has all addresses of 127.0.0.0/8.");

    private static void Wire(PikkuBuilder app) => app.UseKubernetes().WireChannel("test", channel => channel.AllowAnonymous().MapAction("ping", () => 1));

    private static global::Akka.Cluster.Cluster ClusterOf(LiveNode node) => global::Akka.Cluster.Cluster.Get(TwoNodes.SystemOf(node));

    private static string[] MembersOf(LiveNode node) =>
        [.. ClusterOf(node).State.Members.Where(member => member.Status == global::Akka.Cluster.MemberStatus.Up).Select(member => member.Address.Host!)];

    private NodeSettings Settings(string hocon) =>
        SettingsLoader.Read(SettingsLoader.Load(null, [$"pikku.cluster {{ host = \"127.0.0.1\", port = {_port} }}", hocon])).Cluster;

    private Task<LiveNode> StartAsync(string pod, LogRecorder? log = null, string hocon = "") => LiveNode.StartAppAsync(
        Wire,
        $$"""
        pikku.cluster { host = "{{pod}}", port = {{_port}}, silent-after = 20s, discovery { stable-for = 2s, interval = 200ms } }
        akka.loglevel = OFF
        {{_kubernetes.Hocon}}
        {{hocon}}
        """,
        services =>
        {
            if (log is not null)
                services.AddSingleton(log);
        });
}
