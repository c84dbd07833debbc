using Akka.Actor;

namespace Pikku.Akka.Cluster;

/// <summary>The paths of the actors in this folder, which are the same on every node.</summary>
internal static class NodePath
{
    /// <summary>The name of the actor that is the parent of all actors of a node.</summary>
    public const string Root = "pikku";

    /// <summary>The reference to an actor of another node, by name. It is created without checking whether the actor exists.</summary>
    public static IActorRef Resolve(ActorSystem system, Address node, string name) =>
        ((ExtendedActorSystem)system).Provider.ResolveActorRef(new RootActorPath(node) / "user" / Root / name);
}
