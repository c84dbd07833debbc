using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using Akka.DistributedData;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The defaults of the parts of Akka that a cluster uses. They must be there before the actor system is: serializers are registered when it
/// starts, and what these parts send would go out by the fallback otherwise.
/// </summary>
internal static class ClusterDefaults
{
    public static Config Config { get; } = DistributedPubSub.DefaultConfig().WithFallback(DistributedData.DefaultConfig());

    /// <summary>All defaults of Akka, to look up what settings refer to before there is an actor system.</summary>
    public static Config Everything => Config
        .WithFallback(ConfigurationFactory.FromResource<global::Akka.Cluster.Cluster>("Akka.Cluster.Configuration.Cluster.conf"))
        .WithFallback(ConfigurationFactory.FromResource<global::Akka.Remote.RemoteActorRefProvider>("Akka.Remote.Configuration.Remote.conf"))
        .WithFallback(ConfigurationFactory.Default());
}
