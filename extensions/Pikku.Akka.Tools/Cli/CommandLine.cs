using System.CommandLine;
using System.CommandLine.Help;

namespace Pikku.Akka.Cli;

/// <summary>Defines the commands of every application and runs them.</summary>
internal static class CommandLine
{
    private const int Failed = 1;

    // Each command has its own file and one line here.
    private static readonly Func<IServiceProvider, Command>[] s_commands =
    [
        InfoCommand.Create,
        CheckCommand.Create,
        ClientCommand.Create,
        AsyncApiCommand.Create,
        ContractCommand.Create,
        ExplainCommand.Create,
        TraceCommand.Create,
        RecordCommand.Create,
    ];

    /// <summary>Adds columns to listings and stack traces to errors.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Shows more columns; if the command fails, also the stack trace.", Recursive = true };

    /// <summary>Returns true if the arguments are a command; otherwise they belong to the application.</summary>
    public static bool IsCommand(string[] args)
    {
        if (args is not [var first, ..])
            return false;
        var root = Create(NoServices.Instance);
        return root.Subcommands.Any(command => command.Name == first)
            || root.Options.OfType<HelpOption>().Any(help => help.Name == first || help.Aliases.Contains(first));
    }

    /// <inheritdoc cref="MistypedCommand.ErrorOf"/>
    public static string? ErrorOf(string[] args) => MistypedCommand.ErrorOf(args, [.. Create(NoServices.Instance).Subcommands.Select(command => command.Name)]);

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, Terminal terminal)
    {
        try
        {
            // Response files are off: an argument that begins with @ is taken literally.
            var call = Create(services).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (call.Errors.Count > 0)
                terminal.Output = terminal.Error; // Usage that is printed because of an error is not output of the command.
            return await call.InvokeAsync(terminal);
        }
        catch (Exception e)
        {
            await terminal.Error.WriteLineAsync(args.Contains(Verbose.Name) ? e.ToString() : OneLine(e));
            return Failed;
        }
    }

    private static RootCommand Create(IServiceProvider services)
    {
        var root = new RootCommand("Inspects the wiring of the application without starting it, or asks a running node. Without a command, the application runs.") { Verbose };
        root.Options.Remove(root.Options.OfType<VersionOption>().Single()); // The application may define its own --version.
        foreach (var create in s_commands)
            root.Add(create(services));
        return root;
    }

    private static string OneLine(Exception e) => e switch
    {
        PikkuWiringException wiring => $"The wiring has {CheckCommand.Count(wiring.Problems.Count, "error")}. Run the command '{CheckCommand.Name}' to list them.",
        PikkuConfigurationException settings => $"The settings have {CheckCommand.Count(settings.Problems.Count, "error")}. Run the command '{CheckCommand.Name}' to list them.",
        _ => string.Join(' ', e.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
    };

    // The names of the commands are known without services of the application.
    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
