using Akka.Actor;
using Akka.DependencyInjection;
using Akka.Hosting;
using Pikku.Akka.Hosting;

namespace Pikku.Akka;

/// <summary>Runs Pikku.Akka in an actor system of the application.</summary>
public static class AkkaConfigurationBuilderExtensions
{
    /// <summary>
    /// Adds the settings that the actors of Pikku need to the actor system: serializers, dispatchers, a mailbox, the size of a frame, and the time to close
    /// connections at shutdown. The settings of the actor system override them. <c>AddPikku</c> wires the channels; it may be called before or after this method.
    /// </summary>
    /// <remarks>
    /// Pikku uses the cluster that the actor system joins, so the settings <c>pikku.cluster.host</c>, <c>port</c>, <c>seeds</c> and <c>roles</c> are refused. All
    /// members of the cluster that run Pikku have to be linked before a node accepts connections.
    /// </remarks>
    /// <param name="akka">The configuration of the actor system.</param>
    public static AkkaConfigurationBuilder WithPikku(this AkkaConfigurationBuilder akka)
    {
        ArgumentNullException.ThrowIfNull(akka);
        return akka
            .AddHocon(ApplicationActorSystem.Defaults, HoconAddMode.Append)
            .WithActors((system, _) => RequirePikku(system));
    }

    private static void RequirePikku(ActorSystem system)
    {
        if (DependencyResolver.For(system).Resolver.GetService<PikkuBuilder>() is null)
            throw new InvalidOperationException("WithPikku prepares the actor system for Pikku, but AddPikku was not called. Call services.AddPikku(…), or remove WithPikku().");
    }
}
