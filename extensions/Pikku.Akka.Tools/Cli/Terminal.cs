using System.CommandLine;

namespace Pikku.Akka.Cli;

/// <summary>The output of a command. A command gets it as the <see cref="ParseResult.InvocationConfiguration"/> of its call.</summary>
internal sealed class Terminal : InvocationConfiguration
{
    // The traditional width, for terminals that do not report theirs.
    private const int DefaultWidth = 80;

    public Terminal(TextWriter output, TextWriter error)
    {
        Output = output;
        Error = error;
        EnableDefaultExceptionHandler = false; // The default handler prints stack traces.
        ProcessTerminationTimeout = TimeSpan.FromSeconds(30); // Ctrl-C ends a recording, whose file is read then.
    }

    /// <summary>The width in characters; null for a pipe or a file, whose lines are not wrapped.</summary>
    public int? Width { get; init; }

    /// <summary>True if the terminal supports escape sequences and the user has not turned them off.</summary>
    public bool HasStyle { get; init; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess(TextWriter output) => new(output, Console.Error)
    {
        Width = Console.IsOutputRedirected ? null : WindowWidth(),
        // https://no-color.org: the variable is set and not empty.
        HasStyle = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not "dumb",
    };

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : DefaultWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }
}
