using Akka.Actor;
using Akka.DependencyInjection;
using Akka.Hosting;
using Pikku.Akka.Hosting;

namespace Pikku.Akka;

/// <summary>Runs Pikku.Akka in an actor system of the application.</summary>
public static class AkkaConfigurationBuilderExtensions
{
    /// <summary>
    /// Gives the actor system what Pikku's actors need: serializers, dispatchers, a mailbox, the size of a frame and time to close connections at the
    /// shutdown. All of it is a fallback under the settings of the actor system. <c>AddPikku</c>, called anywhere, wires the channels.
    /// </summary>
    /// <remarks>
    /// Pikku joins the cluster that the actor system joins, and no other; <c>pikku.cluster.host</c>, <c>port</c>, <c>seeds</c> and <c>roles</c> are refused. All
    /// members of the cluster that run Pikku have to be linked before a node takes connections.
    /// </remarks>
    /// <param name="akka">The actor system.</param>
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
            throw new InvalidOperationException("WithPikku prepares the actor system for Pikku, and nothing wires channels. Call services.AddPikku(…), or remove WithPikku().");
    }
}
