using System.CommandLine;

namespace Pikku.Akka.Cli;

/// <summary>Where a command writes; it finds it as the <see cref="ParseResult.InvocationConfiguration"/> of its call.</summary>
internal sealed class Terminal : InvocationConfiguration
{
    // What terminals have been for fifty years, for those that do not tell.
    private const int UsualWidth = 80;

    public Terminal(TextWriter output, TextWriter error)
    {
        Output = output;
        Error = error;
        EnableDefaultExceptionHandler = false; // it prints stack traces
    }

    /// <summary>In characters; null where nobody reads along: a pipe or a file, whose lines are as long as they need be.</summary>
    public int? Width { get; init; }

    /// <summary>Whether it understands escape sequences, and they are wanted.</summary>
    public bool HasStyle { get; init; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess(TextWriter output) => new(output, Console.Error)
    {
        Width = Console.IsOutputRedirected ? null : WindowWidth(),
        // https://no-color.org: set and not empty.
        HasStyle = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not "dumb",
    };

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : UsualWidth;
        }
        catch (IOException)
        {
            return UsualWidth;
        }
    }
}
