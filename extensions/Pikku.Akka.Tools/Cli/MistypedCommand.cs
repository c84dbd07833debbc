namespace Pikku.Akka.Cli;

/// <summary>
/// A first argument that looks like a command and is none. ASP.NET Core ignores it, so a mistyped command would start the server. Arguments of the application begin with a hyphen or a slash, or
/// have an equals sign.
/// </summary>
internal static class MistypedCommand
{
    /// <summary>The exit code of a process with wrong arguments, as the tools of Unix have it.</summary>
    public const int ExitCode = 2;

    /// <summary>The error; null when the arguments may belong to the application.</summary>
    /// <param name="args">The arguments, which are no command.</param>
    /// <param name="commands">The names of the commands.</param>
    public static string? ErrorOf(string[] args, IReadOnlyList<string> commands)
    {
        if (args is not [{ Length: > 0 } word, ..] || word[0] is '-' or '/' || word.Contains('='))
            return null;
        var nearest = commands.Select(command => (Name: command, Edits: EditsBetween(word.ToLowerInvariant(), command))).MinBy(command => command.Edits);
        return $"""
            '{word}' is not a command.{(nearest.Edits <= MaxEdits(word) ? $" Did you mean '{nearest.Name}'?" : "")}
            The commands are: {string.Join(", ", commands)}. --help describes them.
            Without a command the application runs; its arguments begin with - or /, or have the form key=value.
            """;
    }

    // A word of which more than the half would be another one is no typing error.
    private static int MaxEdits(string word) => Math.Max(1, word.Length / 2);

    // The distance of Levenshtein, in which two neighbors that are swapped count as one edit (optimal string alignment).
    private static int EditsBetween(string from, string to)
    {
        var edits = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                var replaced = edits[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }

        return edits[from.Length, to.Length];
    }
}
