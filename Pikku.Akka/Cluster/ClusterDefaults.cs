using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The default configuration of the Akka modules that a cluster uses. It has to be part of the configuration when the actor system is created: serializers
/// are registered at its start, and without them the messages of these modules would use the fallback serializer.
/// </summary>
internal static class ClusterDefaults
{
    public static Config Config { get; } = DistributedPubSub.DefaultConfig();

    /// <summary>All defaults of Akka. They resolve the references in settings before the actor system exists.</summary>
    public static Config Everything => Config
        .WithFallback(ConfigurationFactory.FromResource<global::Akka.Cluster.Cluster>("Akka.Cluster.Configuration.Cluster.conf"))
        .WithFallback(ConfigurationFactory.FromResource<global::Akka.Remote.RemoteActorRefProvider>("Akka.Remote.Configuration.Remote.conf"))
        .WithFallback(ConfigurationFactory.Default());
}
