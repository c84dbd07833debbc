namespace Pikku.Akka.Inspection;

/// <summary>The connections of a node that a search has found, in the order of their ids.</summary>
/// <param name="Rows">The connections of the page.</param>
/// <param name="Total">How many the search has found on the node.</param>
internal sealed record ConnectionPage(IReadOnlyList<ConnectionRow> Rows, int Total);
