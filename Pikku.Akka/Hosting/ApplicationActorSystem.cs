using Akka.Actor;
using Akka.Configuration;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>
/// An actor system that the application has created and that Pikku runs in. Its cluster, its log and its end are the application's; Pikku only adds what its
/// own actors need.
/// </summary>
internal static class ApplicationActorSystem
{
    /// <summary>What such an actor system has to be told when it is created, under everything that the application says itself.</summary>
    public static Config Defaults { get; } = ClusterConfig.ForApplication.WithFallback(ClusterDefaults.Config);

    /// <summary>Prepares the actor system for Pikku's actors.</summary>
    /// <returns>The settings of the node: those of the plan, with the cluster that the actor system is in.</returns>
    /// <exception cref="PikkuConfigurationException">The actor system lacks something that the settings refer to.</exception>
    public static PikkuSettings Prepare(ActorSystem system, PikkuPlan plan, PikkuLog log)
    {
        var known = system.Settings.Config;
        // As Akka's own extensions do it: serializers are read again, dispatchers and mailboxes are looked up when an actor is created. Whatever the actor
        // system has already is stronger.
        system.Settings.InjectTopLevelFallback(plan.Config.WithFallback(Defaults));
        var settings = plan.Settings with { Cluster = ApplicationCluster.Describe(system, plan.Settings.Cluster) };
        var problems = Problems(system, settings);
        if (problems.Count > 0)
            throw new PikkuConfigurationException(problems);
        if (DrainPhase.Warning(known, settings) is { } warning)
            log.Warning(warning);
        return settings;
    }

    private static List<string> Problems(ActorSystem system, PikkuSettings settings)
    {
        var problems = new List<string>();
        if (!system.Dispatchers.HasDispatcher(settings.Function.Dispatcher))
            problems.Add(
                $"pikku.function.dispatcher = {settings.Function.Dispatcher} names no dispatcher of the actor system '{system.Name}'. Write the path of a section that "
                + "has a type or an executor, such as akka.actor.pikku-dispatcher, or add that section to the settings of the actor system.");
        if (settings.Cluster.IsOn)
            SettingsLoader.CheckFrame(system.Settings.Config, settings, problems.Add);
        return problems;
    }
}
