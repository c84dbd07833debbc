using Akka.Actor;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The cluster of an actor system that the application has created. Pikku does not change it.</summary>
internal static class ApplicationCluster
{
    /// <summary>The settings of the node, with the addresses and roles of the actor system.</summary>
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
