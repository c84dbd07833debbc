using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Cluster;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>
/// The health check of the node, which is healthy while the node accepts connections. In a cluster the node has to be linked with all other nodes once, in both
/// directions. A node that joins later accepts no connections until it has its links; the existing nodes stay ready.
/// </summary>
internal sealed class PikkuReadiness(ConnectionDirectory directory, DrainState drain, PikkuSettings settings, HubLinks links, HubClient hub, ClusterClient nodes) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Problem() is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy());

    private string? Problem()
    {
        if (drain.IsDraining)
            return "The node is shutting down.";
        if (!directory.Parent.IsCompletedSuccessfully)
            return "The node has not started.";
        if (directory.LostPart is { } part)
            return $"The component '{part}' of the node has failed. Restart the node.";
        if (!hub.IsOpen)
            return "The event hub has stopped.";
        if (settings.Cluster.IsOn && !links.Linked.IsCompletedSuccessfully)
            return "The node is not linked with all nodes of its cluster yet.";
        return nodes.OtherCluster is { } other
            ? $"The node belongs to a smaller cluster than {other}. Restart the node, so that it joins the larger cluster."
            : null;
    }
}
