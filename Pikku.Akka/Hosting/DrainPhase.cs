using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>The phase of Akka's coordinated shutdown in which Pikku closes its connections.</summary>
internal static class DrainPhase
{
    /// <summary>This phase runs before the node leaves the cluster: while the node is a member, the other nodes still receive the events that it publishes.</summary>
    public const string Name = CoordinatedShutdown.PhaseServiceRequestsDone;

    private const string Timeout = $"akka.coordinated-shutdown.phases.{Name}.timeout";
    private const string DefaultTimeout = "akka.coordinated-shutdown.default-phase-timeout";

    /// <summary>The time for aborted connections to end: their functions are cancelled, and <c>onDisconnect</c> runs.</summary>
    public static readonly TimeSpan AfterCutoff = TimeSpan.FromSeconds(1);

    /// <summary>The maximum duration of a drain. In a cluster the calls of other nodes are drained after the connections.</summary>
    public static TimeSpan LongestDrain(PikkuSettings settings) =>
        (settings.Cluster.IsOn ? 2 : 1) * settings.Shutdown.DrainTimeout + AfterCutoff;

    /// <summary>The timeout of the phase. By default Akka ends a phase after 5 s and then stops the actors that still drain.</summary>
    public static Config ConfigFor(PikkuSettings settings) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture, $"{Timeout} = {LongestDrain(settings).TotalMilliseconds + 1000}ms"));

    /// <summary>A warning when the actor system of the application may end the phase before the drain has finished; null otherwise.</summary>
    public static string? Warning(Config config, PikkuSettings settings)
    {
        var allowed = config.GetTimeSpan(Timeout, config.GetTimeSpan(DefaultTimeout, null));
        return allowed >= LongestDrain(settings)
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Timeout} = {allowed.TotalSeconds}s is less than a drain may take ({LongestDrain(settings).TotalSeconds}s): when the actor system shuts down first, connections are aborted. Raise it, or lower pikku.shutdown.drain-timeout.");
    }
}
