namespace Pikku.Akka.Inspection;

/// <summary>What is known of all nodes, each with the age of what is known.</summary>
/// <param name="Self">The node that serves the console.</param>
/// <param name="Nodes">The nodes.</param>
internal sealed record ClusterPicture(string Self, IReadOnlyList<NodePicture> Nodes);
