using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>The phase of Akka's coordinated shutdown in which Pikku closes its connections.</summary>
internal static class DrainPhase
{
    /// <summary>Before a node leaves the cluster: while it is a member, the others still hear what it publishes.</summary>
    public const string Name = CoordinatedShutdown.PhaseServiceRequestsDone;

    private const string Timeout = $"akka.coordinated-shutdown.phases.{Name}.timeout";
    private const string DefaultTimeout = "akka.coordinated-shutdown.default-phase-timeout";

    /// <summary>What connections that were cut off get to end in: their functions are cancelled, and <c>onDisconnect</c> has yet to run.</summary>
    public static readonly TimeSpan AfterCutoff = TimeSpan.FromSeconds(1);

    /// <summary>The longest that a drain takes; in a cluster the calls of other nodes may follow the connections.</summary>
    public static TimeSpan LongestDrain(PikkuSettings settings) =>
        (settings.Cluster.IsOn ? 2 : 1) * settings.Shutdown.DrainTimeout + AfterCutoff;

    /// <summary>Akka gives up a phase after 5 s and goes on to stop the actors that drain. This gives them the time they may take.</summary>
    public static Config ConfigFor(PikkuSettings settings) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture, $"{Timeout} = {LongestDrain(settings).TotalMilliseconds + 1000}ms"));

    /// <summary>A warning when the application's actor system ends the phase before a drain is over; null when it does not.</summary>
    public static string? Warning(Config config, PikkuSettings settings)
    {
        var allowed = config.GetTimeSpan(Timeout, config.GetTimeSpan(DefaultTimeout, null));
        return allowed >= LongestDrain(settings)
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Timeout} = {allowed.TotalSeconds}s is less than a drain may take ({LongestDrain(settings).TotalSeconds}s): when the actor system shuts down first, connections are cut off. Raise it, or lower pikku.shutdown.drain-timeout.");
    }
}
