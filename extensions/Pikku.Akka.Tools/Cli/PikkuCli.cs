using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cli;
using Pikku.Akka.Hosting;

namespace Pikku.Akka;

/// <summary>The command line of an application: its commands look at what is wired, and start nothing.</summary>
public static class PikkuCli
{
    /// <summary>
    /// Runs the command that the first argument names, such as <c>info functions</c> or <c>check</c>; with any other arguments it runs the
    /// application until it is stopped. A command opens no port, starts no actors and joins no cluster. It writes what was asked for to the
    /// standard output and everything else, logs included, to the standard error. <c>--help</c> lists the commands.
    /// </summary>
    /// <param name="app">The application, wired and mapped.</param>
    /// <param name="args">The arguments of the process.</param>
    /// <returns>
    /// The exit code: of a command 0, or 1 when it failed or found mistakes; of an application whose wiring or settings have mistakes 1, and
    /// the standard error has them; of one that has run <see cref="Environment.ExitCode"/>, which is 0 unless somebody changed it.
    /// </returns>
    /// <exception cref="InvalidOperationException">AddPikku has not been called.</exception>
    public static async Task<int> RunPikkuAsync(this WebApplication app, string[] args)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(args);
        var plan = PikkuPlan.Of(app.Services, nameof(RunPikkuAsync));
        if (!CommandLine.IsCommand(args))
            return await RunAsync(app, plan);

        app.Services.GetRequiredService<ChannelAddresses>().Add(app);
        using var output = new StandardOutput(app.Services);
        await using (app)
            return await CommandLine.RunAsync(app.Services, args, Terminal.OfProcess(output.Writer));
    }

    // Mistakes are told once and as they are. The host would log them with the stack of the start, and the runtime once more.
    private static async Task<int> RunAsync(WebApplication app, PikkuPlan plan)
    {
        var (wiring, settings) = (plan.WiringMistakes(), plan.SettingsMistakes());
        if (wiring.Count + settings.Count == 0)
        {
            await app.RunAsync();
            return Environment.ExitCode;
        }

        await using (app)
        {
            CheckCommand.Tell("wiring", wiring, Console.Error);
            CheckCommand.Tell("settings", settings, Console.Error);
            return 1;
        }
    }
}
