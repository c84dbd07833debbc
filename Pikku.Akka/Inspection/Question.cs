namespace Pikku.Akka.Inspection;

/// <summary>A question of an operator to one node.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Search">A part of the text that is searched, without regard to case; null for everything.</param>
/// <param name="By">Which member of a connection is searched: <c>user</c>, <c>channel</c>, <c>address</c> or <c>id</c>; null for all of them.</param>
/// <param name="After">The id behind which the page of connections begins; null for the first page.</param>
/// <param name="Limit">How many rows at most.</param>
/// <param name="Id">The id of the connection that is asked about.</param>
internal sealed record Question(QuestionKind Kind, string? Search = null, string? By = null, string? After = null, int Limit = 0, string? Id = null);
