using Pikku.Akka.Cluster;

namespace Pikku.Akka.Inspection;

/// <summary>The answer of a node to a question.</summary>
/// <param name="Node">The node.</param>
/// <param name="Value">The answer; default when the node did not answer.</param>
/// <param name="HasAnswered">False when the node did not answer in time, or could not.</param>
internal sealed record NodeAnswer<T>(NodeMember Node, T? Value, bool HasAnswered);
