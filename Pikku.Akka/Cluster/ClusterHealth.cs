namespace Pikku.Akka.Cluster;

/// <summary>The health of the other nodes as this node sees it, a snapshot of the last change.</summary>
/// <param name="Count">The number of other members whose status is Up.</param>
/// <param name="Responsive">The number of these members that are expected to answer immediately.</param>
internal sealed record ClusterHealth(int Count, int Responsive)
{
    public static ClusterHealth None { get; } = new(0, 0);
}
