using Akka.Actor;
using Pikku.Akka.Cluster;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>Starts actor systems that belong to a cluster, with the settings of a node and whatever a test lays over them.</summary>
internal static class ClusterMember
{
    private const string Hocon = "pikku.cluster { host = \"127.0.0.1\", port = 0 }";

    /// <summary>Starts one, and returns when it is a full member.</summary>
    /// <param name="hocon">Settings of the test.</param>
    /// <param name="seed">A member of the cluster; null to begin one.</param>
    public static async Task<(ActorSystem System, NodeSettings Settings)> StartAsync(string hocon, ActorSystem? seed)
    {
        var config = SettingsLoader.Load(null, [Hocon, hocon]);
        var system = ActorSystem.Create("pikku", config.WithFallback(ClusterDefaults.Config));
        await global::Akka.Cluster.Cluster.Get(system).JoinAsync(global::Akka.Cluster.Cluster.Get(seed ?? system).SelfAddress);
        return (system, SettingsLoader.Read(config).Cluster);
    }
}
