namespace Pikku.Akka.Cli;

/// <summary>One column of a listing.</summary>
/// <param name="Name">Its header, and the name of the JSON property.</param>
/// <param name="Value">What a row has there: a text, a truth, a list of something, or null for nothing.</param>
/// <param name="OnlyVerbose">Whether it is left out unless more is asked for.</param>
internal sealed record Column<T>(string Name, Func<T, object?> Value, bool OnlyVerbose = false);
