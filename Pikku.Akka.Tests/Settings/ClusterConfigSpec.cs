using Microsoft.Extensions.Configuration;
using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

public sealed class ClusterConfigSpec
{
    [Fact]
    public void A_node_without_a_host_is_not_in_a_cluster()
    {
        var config = SettingsLoader.Load(null, []);
        Assert.False(SettingsLoader.Read(config).Cluster.IsOn);
        Assert.Null(config.GetString("akka.actor.provider", null));
    }

    [Fact]
    public void Environment_variables_configure_a_cluster()
    {
        var config = SettingsLoader.Load(Variables(
            ("PIKKU_CLUSTER_HOST", "10.0.0.1"), ("PIKKU_CLUSTER_PORT", "7001"), ("PIKKU_CLUSTER_SEEDS", "10.0.0.1:7001, 10.0.0.2:7001"),
            ("PIKKU_CLUSTER_ROLES", "front,worker")), []);

        var cluster = SettingsLoader.Read(config).Cluster;
        Assert.True(cluster.IsOn);
        Assert.Equal(["10.0.0.1:7001", "10.0.0.2:7001"], cluster.Seeds);
        Assert.Equal("10.0.0.1", config.GetString("akka.remote.dot-netty.tcp.hostname"));
        Assert.Equal(7001, config.GetInt("akka.remote.dot-netty.tcp.port"));
        Assert.Equal(["front", "worker"], config.GetStringList("akka.cluster.roles"));
    }

    [Fact]
    public void Akka_settings_of_the_application_override_those_of_the_cluster()
    {
        var config = SettingsLoader.Load(null, ["pikku.cluster.host = a.example", "akka.cluster.split-brain-resolver.stable-after = 20s"]);
        Assert.Equal(TimeSpan.FromSeconds(20), config.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after"));
        Assert.Equal("keep-majority", config.GetString("akka.cluster.split-brain-resolver.active-strategy"));
    }

    [Fact]
    public void Seeds_without_a_host_stop_the_start()
    {
        var error = Assert.Throws<PikkuConfigurationException>(() => SettingsLoader.Load(Variables(("PIKKU_CLUSTER_SEEDS", "a:1")), []));
        Assert.Contains("pikku.cluster.host", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("akka.tcp://pikku@a:1")]
    [InlineData("a")]
    [InlineData("a:port")]
    [InlineData(":1")]
    public void A_seed_must_be_a_host_and_a_port(string seed)
    {
        var error = Assert.Throws<PikkuConfigurationException>(
            () => SettingsLoader.Read(SettingsLoader.Load(null, [$"pikku.cluster {{ host = a, seeds = [\"{seed}\"] }}"])));
        Assert.Contains("pikku.cluster.seeds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_has_at_most_one_role()
    {
        var function = SettingsLoader.Read(SettingsLoader.Load(null, ["pikku.function.placement = [\"resize=worker\"]"])).Function;
        Assert.Equal("worker", function.RoleOf("resize"));
        Assert.Null(function.RoleOf("other"));
    }

    private static IConfiguration Variables(params (string Key, string Value)[] variables) =>
        new ConfigurationBuilder().AddInMemoryCollection(variables.ToDictionary(v => v.Key, string? (v) => v.Value)).Build();
}
