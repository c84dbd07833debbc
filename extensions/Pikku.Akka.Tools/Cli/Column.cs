namespace Pikku.Akka.Cli;

/// <summary>One column of a listing.</summary>
/// <param name="Name">The header and the name of the JSON property.</param>
/// <param name="Value">Returns the value of a row: a string, a bool, a list, or null if there is none.</param>
/// <param name="OnlyVerbose">True if the column appears only with <c>--verbose</c>.</param>
internal sealed record Column<T>(string Name, Func<T, object?> Value, bool OnlyVerbose = false);
