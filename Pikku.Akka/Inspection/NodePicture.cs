namespace Pikku.Akka.Inspection;

/// <summary>What is known of one node.</summary>
/// <param name="Node">The host and port.</param>
/// <param name="Status">The status in the cluster, as this node sees it.</param>
/// <param name="Roles">The roles.</param>
/// <param name="IsReachable">False when the failure detector can't reach it.</param>
/// <param name="IsSelf">True for the node that serves the console.</param>
/// <param name="Age">How old the overview is, in milliseconds; null when there is none.</param>
/// <param name="IsStale">True when the node has not answered for longer than it should.</param>
/// <param name="Overview">The latest overview; null when the node has never answered.</param>
internal sealed record NodePicture(string Node, string Status, IReadOnlyList<string> Roles, bool IsReachable, bool IsSelf, long? Age, bool IsStale, NodeOverview? Overview);
