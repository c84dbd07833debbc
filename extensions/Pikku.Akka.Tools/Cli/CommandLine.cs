using System.CommandLine;
using System.CommandLine.Help;

namespace Pikku.Akka.Cli;

/// <summary>The commands of every application, and how they are run.</summary>
internal static class CommandLine
{
    private const int Failed = 1;

    // A command that is to be known by its name gets a file of its own, and a line here.
    private static readonly Func<IServiceProvider, Command>[] s_commands =
    [
        InfoCommand.Create,
        CheckCommand.Create,
        ClientCommand.Create,
        AsyncApiCommand.Create,
        ContractCommand.Create,
    ];

    /// <summary>More of everything: columns, and the stack trace of an error.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "More columns; with an error, its stack trace.", Recursive = true };

    /// <summary>Whether these arguments are for us; otherwise they are the application's.</summary>
    public static bool IsCommand(string[] args)
    {
        if (args is not [var first, ..])
            return false;
        var root = Create(NoServices.Instance);
        return root.Subcommands.Any(command => command.Name == first)
            || root.Options.OfType<HelpOption>().Any(help => help.Name == first || help.Aliases.Contains(first));
    }

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, Terminal terminal)
    {
        try
        {
            // A file of arguments is nothing that a user would expect behind an @.
            var call = Create(services).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (call.Errors.Count > 0)
                terminal.Output = terminal.Error; // what was asked for is not usage
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
        var root = new RootCommand("Looks at what is wired, without starting anything. Without a command the application runs.") { Verbose };
        root.Options.Remove(root.Options.OfType<VersionOption>().Single()); // the application may have its own
        foreach (var create in s_commands)
            root.Add(create(services));
        return root;
    }

    private static string OneLine(Exception e) => e switch
    {
        PikkuWiringException wiring => $"The wiring has {wiring.Problems.Count} mistake(s); the command '{CheckCommand.Name}' tells them.",
        PikkuConfigurationException settings => $"The settings have {settings.Problems.Count} mistake(s); the command '{CheckCommand.Name}' tells them.",
        _ => string.Join(' ', e.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
    };

    // To know the names of commands takes nothing of the application.
    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
