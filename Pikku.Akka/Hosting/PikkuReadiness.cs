using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Cluster;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>
/// Ready while the node takes connections. In a cluster it has to be linked with all others once, in both directions. A node that joins later
/// waits for its own links, and takes no connections until it has them; those that were there before stay ready.
/// </summary>
internal sealed class PikkuReadiness(ConnectionDirectory directory, DrainState drain, PikkuSettings settings, HubLinks links, HubClient hub, ClusterClient nodes) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Problem() is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy());

    private string? Problem()
    {
        if (drain.IsDraining)
            return "The node is going away.";
        if (!directory.Parent.IsCompletedSuccessfully)
            return "The node has not started.";
        if (directory.LostPart is { } part)
            return $"The node has lost its part '{part}'. Restart it.";
        if (!hub.IsOpen)
            return "The event hub has stopped.";
        if (settings.Cluster.IsOn && !links.Linked.IsCompletedSuccessfully)
            return "The node is not linked with all nodes of its cluster yet.";
        return nodes.OtherCluster is { } other
            ? $"The node belongs to another cluster than {other}, a smaller one; restart it, so that it joins the larger one."
            : null;
    }
}
