using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pikku.Akka.Kubernetes;
using Pikku.Akka.Settings;

namespace Pikku.Akka;

/// <summary>Runs Pikku.Akka in Kubernetes.</summary>
public static class PikkuKubernetesExtensions
{
    /// <summary>
    /// The node finds the other nodes through the Kubernetes API instead of <c>pikku.cluster.seeds</c>. <c>pikku.cluster.host</c> has to be the address of the pod, and
    /// <c>pikku.cluster.discovery.kubernetes.label-selector</c> has to select the pods. Without <c>pikku.cluster.host</c> the node runs alone, and the method has no effect.
    /// </summary>
    /// <param name="pikku">The application.</param>
    public static PikkuBuilder UseKubernetes(this PikkuBuilder pikku)
    {
        ArgumentNullException.ThrowIfNull(pikku);
        pikku.Services.TryAddSingleton<IPikkuNodeDiscovery>(provider => new KubernetesDiscovery(provider.GetRequiredService<PikkuSettings>().Cluster));
        return pikku;
    }
}
