using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pikku.Akka.Connections;

namespace Pikku.Akka.Hosting;

/// <summary>Ready while the node takes connections.</summary>
internal sealed class PikkuReadiness(ConnectionDirectory directory, DrainState drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.IsDraining
            ? HealthCheckResult.Unhealthy("The node is going away.")
            : directory.Parent.IsCompletedSuccessfully
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The node has not started."));
}
