namespace Pikku.Akka;

/// <summary>
/// Finds the nodes of the cluster while they run, instead of the list <c>pikku.cluster.seeds</c>. An application registers it as a singleton; it is used when
/// <c>pikku.cluster.host</c> is set. The package <c>Pikku.Akka.Kubernetes</c> has one for pods.
/// </summary>
public interface IPikkuNodeDiscovery
{
    /// <summary>
    /// Finds the nodes that run now, ready or not, including this one. A node that is about to stop should not be among them. If the method throws, the node logs the error and
    /// tries again.
    /// </summary>
    /// <param name="cancellationToken">Canceled after <c>pikku.cluster.discovery.timeout</c>.</param>
    /// <returns>The nodes as <c>host:port</c>, spelled exactly like their <c>pikku.cluster.host</c> and <c>port</c>.</returns>
    Task<IReadOnlyCollection<string>> FindAsync(CancellationToken cancellationToken);
}
