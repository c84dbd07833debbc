namespace Pikku.Akka.Cluster;

/// <summary>What a starting node does: it joins a cluster, forms a new one, or waits.</summary>
/// <param name="FormsCluster">True when the node forms a new cluster.</param>
/// <param name="Nodes">Members of the cluster to join; empty when there is none.</param>
internal sealed record ClusterChoice(bool FormsCluster, IReadOnlyList<string> Nodes)
{
    public static ClusterChoice Wait { get; } = new(false, []);

    public static ClusterChoice Form { get; } = new(true, []);

    public static ClusterChoice Join(IReadOnlyList<string> nodes) => new(false, nodes);
}
