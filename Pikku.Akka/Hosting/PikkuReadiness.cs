using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pikku.Akka.Connections;
using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Hosting;

/// <summary>
/// The health check of the node, which is healthy while the node accepts connections. In a cluster the node has to be linked with all other nodes once, in both
/// directions. A node that joins later accepts no connections until it has its links; the existing nodes stay ready. Later the node is not ready while it is cut off
/// from its cluster, or belongs to a second one (<see cref="ClusterStanding"/>). The data of the result has a code of the problem, <c>reason</c>.
/// </summary>
internal sealed class PikkuReadiness(ConnectionDirectory directory, DrainState drain, HubClient hub, ClusterStanding cluster) : IHealthCheck
{
    /// <summary>The key of the code of the problem in the data of the result.</summary>
    private const string Reason = "reason";

    /// <summary>True while the node accepts connections.</summary>
    public bool IsReady => Problem() is null;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Problem() is { } problem
            ? HealthCheckResult.Unhealthy(problem.Text, data: new Dictionary<string, object> { [Reason] = problem.Code })
            : HealthCheckResult.Healthy());

    private ClusterProblem? Problem()
    {
        if (drain.IsDraining)
            return new("draining", "The node is shutting down.");
        if (!directory.Parent.IsCompletedSuccessfully)
            return new("not-started", "The node has not started.");
        if (directory.LostPart is { } part)
            return new("failed", $"The component '{part}' of the node has failed. Restart the node.");
        if (!hub.IsOpen)
            return new("failed", "The event hub has stopped.");
        return cluster.Problem();
    }
}
