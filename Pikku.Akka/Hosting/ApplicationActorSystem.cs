using Akka.Actor;
using Akka.Configuration;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>
/// An actor system that the application has created and that Pikku runs in. The application controls its cluster, its log and its shutdown. Pikku only adds
/// the settings that its own actors need.
/// </summary>
internal static class ApplicationActorSystem
{
    /// <summary>The settings that such an actor system needs when it is created. All settings of the application override them.</summary>
    public static Config Defaults { get; } = ClusterConfig.ForApplication.WithFallback(ClusterDefaults.Config);

    /// <summary>Prepares the actor system for the actors of Pikku.</summary>
    /// <returns>The settings of the plan, with the cluster of the actor system.</returns>
    /// <exception cref="PikkuConfigurationException">The actor system lacks a dispatcher or a frame size that the settings need.</exception>
    public static PikkuSettings Prepare(ActorSystem system, PikkuPlan plan, PikkuLog log)
    {
        var known = system.Settings.Config;
        // The extensions of Akka do the same: the fallback makes the actor system read its serializers again, and dispatchers and mailboxes are looked up when an
        // actor is created. Settings that the actor system already has take precedence.
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
                $"pikku.function.dispatcher = {settings.Function.Dispatcher} is not a dispatcher of the actor system '{system.Name}'. Write the path of a section that "
                + "has a type or an executor, such as akka.actor.pikku-dispatcher, or add that section to the settings of the actor system.");
        if (settings.Cluster.IsOn)
        {
            SettingsLoader.CheckFrame(system.Settings.Config, settings, problems.Add);
            SettingsLoader.CheckIsolation(system.Settings.Config, settings, problems.Add);
        }

        return problems;
    }
}
