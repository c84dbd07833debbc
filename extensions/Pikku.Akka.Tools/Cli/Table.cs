namespace Pikku.Akka.Cli;

/// <summary>The content of a listing, before it is formatted.</summary>
/// <param name="Name">The name of the rows.</param>
/// <param name="Columns">The headers.</param>
/// <param name="Rows">The rows; each has one cell per column.</param>
/// <param name="Omitted">The number of rows that were omitted because of the limit.</param>
internal sealed record Table(string Name, IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows, int Omitted);
