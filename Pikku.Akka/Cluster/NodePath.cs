using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>Where the actors of this folder stand, on every node alike.</summary>
internal static class NodePath
{
    /// <summary>An actor of another node, by its name. Nobody is asked whether it is there.</summary>
    public static IActorRef Resolve(ActorSystem system, Address node, string name) =>
        ((ExtendedActorSystem)system).Provider.ResolveActorRef(new RootActorPath(node) / "user" / "pikku" / name);
}
