using Microsoft.Extensions.Configuration;
using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

/// <summary>Environment variables that configure a cluster, and unrelated ones with similar names.</summary>
public sealed class ClusterVariablesSpec
{
    [Theory]
    [InlineData("tcp://10.0.0.5:4053")]
    [InlineData("udp://10.0.0.5:4053")]
    [InlineData("tcp://[fd00::5]:4053")]
    public void An_address_that_Kubernetes_sets_is_not_a_port_and_is_ignored_with_a_warning(string address)
    {
        var (config, warnings) = Load(("PIKKU_CLUSTER_PORT", address));

        Assert.False(SettingsLoader.Read(config).Cluster.IsOn);
        var warning = Assert.Single(warnings);
        foreach (var named in new[] { "PIKKU_CLUSTER_PORT", address, "Kubernetes", "enableServiceLinks: false" })
            Assert.Contains(named, warning, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_host_an_address_as_port_is_refused_and_the_error_names_both_variables()
    {
        var e = Assert.Throws<PikkuConfigurationException>(() => Load(("PIKKU_CLUSTER_PORT", "tcp://10.0.0.5:4053"), ("PIKKU_CLUSTER_HOST", "10.0.0.1")));

        foreach (var named in new[] { "PIKKU_CLUSTER_PORT = tcp://10.0.0.5:4053", "PIKKU_CLUSTER_HOST = 10.0.0.1", "Kubernetes", "enableServiceLinks: false" })
            Assert.Contains(named, Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    /// <summary>The variables that Kubernetes sets for services named pikku, pikku-cluster and pikku-cluster-nodes.</summary>
    [Theory]
    [InlineData("PIKKU_SERVICE_HOST", "10.0.0.5")]
    [InlineData("PIKKU_SERVICE_PORT", "80")]
    [InlineData("PIKKU_SERVICE_PORT_HTTP", "80")]
    [InlineData("PIKKU_PORT", "tcp://10.0.0.5:80")]
    [InlineData("PIKKU_PORT_80_TCP", "tcp://10.0.0.5:80")]
    [InlineData("PIKKU_PORT_80_TCP_PROTO", "tcp")]
    [InlineData("PIKKU_PORT_80_TCP_PORT", "80")]
    [InlineData("PIKKU_PORT_80_TCP_ADDR", "10.0.0.5")]
    [InlineData("PIKKU_CLUSTER_SERVICE_HOST", "10.0.0.5")]
    [InlineData("PIKKU_CLUSTER_SERVICE_PORT", "4053")]
    [InlineData("PIKKU_CLUSTER_SERVICE_PORT_AKKA", "4053")]
    [InlineData("PIKKU_CLUSTER_PORT_4053_TCP", "tcp://10.0.0.5:4053")]
    [InlineData("PIKKU_CLUSTER_PORT_4053_TCP_ADDR", "10.0.0.5")]
    [InlineData("PIKKU_CLUSTER_NODES_SERVICE_HOST", "10.0.0.5")]
    [InlineData("PIKKU_CLUSTER_NODES_PORT", "tcp://10.0.0.5:4053")]
    [InlineData("PIKKU_CLUSTER_HOST", "")]
    [InlineData("PIKKU_CLUSTER_HOST", "  ")]
    [InlineData("PIKKU_CLUSTER_PORT", "4053")]
    public void Unrelated_variables_change_nothing(string variable, string value)
    {
        var (config, warnings) = Load((variable, value));

        Assert.False(SettingsLoader.Read(config).Cluster.IsOn);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("PIKKU_CLUSTER_SEED", "PIKKU_CLUSTER_SEEDS")]
    [InlineData("PIKKU_CLUSTER_ROLE", "PIKKU_CLUSTER_ROLES")]
    [InlineData("PIKKU_CLUSTER_HOSTS", "PIKKU_CLUSTER_HOST")]
    [InlineData("PIKKU_CLUSTER_SOMETHING", "PIKKU_CLUSTER_HOST, PIKKU_CLUSTER_PORT, PIKKU_CLUSTER_SEEDS, PIKKU_CLUSTER_ROLES")]
    public void A_misspelt_variable_is_reported(string variable, string meant)
    {
        var (_, warnings) = Load((variable, "10.0.0.1"));

        Assert.Equal($"{variable} is not a variable of Pikku.Akka and is ignored. Remove it, or write {meant}.", Assert.Single(warnings));
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost:4053")]
    [InlineData("localhost", "127.0.0.1:4053")]
    [InlineData("localhost", "[::1]:4053")]
    [InlineData("node-a.example", "NODE-A.example:4053")]
    [InlineData("node-a.example", "node-a.example.:4053")]
    [InlineData("[::1]", "[0:0:0:0:0:0:0:1]:4053")]
    [InlineData("10.0.0.1", "[::ffff:10.0.0.1]:4053")]
    public void A_seed_that_spells_this_node_differently_is_refused_and_the_error_shows_both_spellings(string host, string seed)
    {
        var problem = Problem($"host = \"{host}\", seeds = [\"{seed}\", \"10.0.0.9:4053\"]");

        Assert.Contains(seed, problem, StringComparison.Ordinal);
        Assert.Contains($"{host}:4053", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", 4053, "127.0.0.1:4053")]
    [InlineData("127.0.0.1", 4054, "localhost:4053")]
    [InlineData("127.0.0.1", 0, "localhost:4053")]
    [InlineData("10.0.0.2", 4053, "10.0.0.1:4053")]
    [InlineData("node-b.example", 4053, "node-a.example:4053")]
    public void Seeds_that_are_other_nodes_or_have_the_same_spelling_are_accepted(string host, int port, string seed) =>
        Assert.True(Read.Hocon($"pikku.cluster {{ host = \"{host}\", port = {port}, seeds = [\"{seed}\"] }}").Cluster.IsOn);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("*")]
    [InlineData("10.0.0.1:4053")]
    [InlineData("tcp://10.0.0.1")]
    [InlineData("node a")]
    public void A_host_that_other_nodes_cannot_reach_is_refused(string host) =>
        Assert.StartsWith($"pikku.cluster.host = {host} is ", Problem($"host = \"{host}\""), StringComparison.Ordinal);

    private static string Problem(string cluster) => Assert.Single(Read.Problems($"pikku.cluster {{ {cluster} }}"));

    private static (global::Akka.Configuration.Config Config, List<string> Warnings) Load(params (string Key, string Value)[] variables)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(variables.ToDictionary(v => v.Key, string? (v) => v.Value)).Build();
        var warnings = new List<string>();
        return (SettingsLoader.Load(configuration, [], [], warnings), warnings);
    }
}
