using Pikku.Akka.Settings;

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
        var nearest = NearestKey.Of(word.ToLowerInvariant(), commands);
        return $"""
            '{word}' is not a command.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}
            The commands are: {string.Join(", ", commands)}. --help describes them.
            Without a command the application runs; its arguments begin with - or /, or have the form key=value.
            """;
    }
}
