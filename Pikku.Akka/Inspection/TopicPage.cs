namespace Pikku.Akka.Inspection;

/// <summary>The topics of a node that a search has found: those with the most subscribers.</summary>
/// <param name="Rows">The topics.</param>
/// <param name="Total">How many the search has found on the node.</param>
/// <param name="At">The monotonic clock of the node, in milliseconds.</param>
internal sealed record TopicPage(IReadOnlyList<TopicRow> Rows, int Total, long At);
