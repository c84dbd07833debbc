using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Cluster;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>The actor system that Pikku creates and terminates when the application registers none.</summary>
internal static class PikkuActorSystem
{
    /// <summary>The factory that is registered. If the last registered actor system has this factory, the actor system belongs to Pikku.</summary>
    public static Func<IServiceProvider, ActorSystem> Factory { get; } = Create;

    private static ActorSystem Create(IServiceProvider provider)
    {
        var plan = provider.GetRequiredService<PikkuPlan>();
        var setup = BootstrapSetup.Create().WithConfig(ConfigOf(plan)).And(new AkkaLogSetup(provider.GetRequiredService<ILoggerFactory>()));
        return ActorSystem.Create(NodeSettings.SystemName, setup);
    }

    private static Config ConfigOf(PikkuPlan plan)
    {
        var config = plan.Config.WithFallback(DrainPhase.ConfigFor(plan.Settings)).WithFallback(AkkaLog.Config);
        return plan.Settings.Cluster.IsOn ? config.WithFallback(ClusterDefaults.Config) : config;
    }
}
