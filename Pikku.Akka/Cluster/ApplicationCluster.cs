using Akka.Actor;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The cluster of an actor system that the application has created. Pikku uses it as it is.</summary>
internal static class ApplicationCluster
{
    /// <summary>The settings of the node, with addresses and roles as the actor system has them.</summary>
    public static NodeSettings Describe(ActorSystem system, NodeSettings settings)
    {
        if (!system.Settings.HasCluster)
            return settings;
        var cluster = global::Akka.Cluster.Cluster.Get(system);
        return settings with
        {
            Host = cluster.SelfAddress.Host,
            Port = cluster.SelfAddress.Port ?? 0,
            Seeds = [.. cluster.Settings.SeedNodes.Select(NodeName.Of)],
            Roles = [.. cluster.SelfRoles],
            IsOfApplication = true,
        };
    }
}
