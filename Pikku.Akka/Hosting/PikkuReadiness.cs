using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pikku.Akka.Connections;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>Ready while the node takes connections.</summary>
internal sealed class PikkuReadiness(ConnectionDirectory directory, DrainState drain, PikkuSettings settings, HubLinks links) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.IsDraining
            ? HealthCheckResult.Unhealthy("The node is going away.")
            : !directory.Parent.IsCompletedSuccessfully
                ? HealthCheckResult.Unhealthy("The node has not started.")
                : directory.LostPart is { } part
                    ? HealthCheckResult.Unhealthy($"The node has lost its part '{part}'. Restart it.")
                    : settings.Cluster.IsOn && !links.IsComplete
                        ? HealthCheckResult.Unhealthy("The node is not linked with all nodes of its cluster.")
                        : HealthCheckResult.Healthy());
}
