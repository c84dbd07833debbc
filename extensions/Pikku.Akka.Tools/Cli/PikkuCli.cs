using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cli;
using Pikku.Akka.Hosting;

namespace Pikku.Akka;

/// <summary>Adds a command line to an application. Its commands inspect the wiring and start nothing.</summary>
public static class PikkuCli
{
    /// <summary>
    /// Runs the command that the first argument names, such as <c>info functions</c> or <c>check</c>. With arguments of the application, such as <c>--urls</c> or <c>key=value</c>, or none,
    /// runs the application until it is stopped. Any other word is taken for a mistyped command and refused. A command opens no port, starts no actors and joins no cluster. It writes its
    /// result to standard output, and everything else, including logs, to standard error. <c>--help</c> lists the commands.
    /// </summary>
    /// <param name="app">The application, after it is wired and mapped.</param>
    /// <param name="args">The arguments of the process.</param>
    /// <returns>
    /// The exit code. For a command: 0, or 1 if it fails or finds errors. If the first argument is a word that is not a command: 2, after the commands are written to standard error. If the
    /// wiring or the settings are invalid: 1, after the errors are written to standard error. After the application has run: <see cref="Environment.ExitCode"/>, which is 0 unless the
    /// application changes it.
    /// </returns>
    /// <exception cref="InvalidOperationException">AddPikku has not been called.</exception>
    public static async Task<int> RunPikkuAsync(this WebApplication app, string[] args)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(args);
        var plan = PikkuPlan.Of(app.Services, nameof(RunPikkuAsync));
        if (!CommandLine.IsCommand(args))
            return CommandLine.ErrorOf(args) is { } mistake ? await RefuseAsync(app, mistake) : await RunAsync(app, plan);

        app.Services.GetRequiredService<ChannelAddresses>().Add(app);
        using var output = new StandardOutput(app.Services);
        await using (app)
            return await CommandLine.RunAsync(app.Services, args, Terminal.OfProcess(output.Writer));
    }

    private static async Task<int> RefuseAsync(WebApplication app, string mistake)
    {
        await using (app)
        {
            await Console.Error.WriteLineAsync(mistake);
            return MistypedCommand.ExitCode;
        }
    }

    // Prints the errors once, without stack traces. Otherwise the host would log them with the stack of the start, and the runtime again.
    private static async Task<int> RunAsync(WebApplication app, PikkuPlan plan)
    {
        var (wiring, settings) = (plan.WiringProblems(), plan.SettingsProblems());
        if (wiring.Count + settings.Count == 0)
        {
            await app.RunAsync();
            return Environment.ExitCode;
        }

        await using (app)
        {
            CheckCommand.PrintErrors("wiring", wiring, Console.Error);
            CheckCommand.PrintErrors("settings", settings, Console.Error);
            return 1;
        }
    }
}
