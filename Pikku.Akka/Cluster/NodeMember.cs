namespace Pikku.Akka.Cluster;

/// <summary>A member of the cluster.</summary>
/// <param name="Id">Identifies this life of the node.</param>
/// <param name="Name">The host and port.</param>
/// <param name="Status">The status in the cluster.</param>
/// <param name="Roles">The roles.</param>
/// <param name="IsReachable">False when the failure detector can't reach it.</param>
/// <param name="IsSelf">True for this node.</param>
internal sealed record NodeMember(int Id, string Name, string Status, IReadOnlyList<string> Roles, bool IsReachable, bool IsSelf);
