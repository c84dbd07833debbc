namespace Pikku.Akka.Cli;

/// <summary>What is listed, before anybody decided how it looks.</summary>
/// <param name="Name">What the rows are.</param>
/// <param name="Columns">The headers.</param>
/// <param name="Rows">As many cells as there are columns.</param>
/// <param name="Omitted">How many rows a limit has cut off.</param>
internal sealed record Table(string Name, IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows, int Omitted);
