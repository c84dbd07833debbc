using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Hosting;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>check</c>: prints every wiring and settings error that would stop the start. If there is none, it prints
/// warnings about settings without effect.</summary>
internal static class CheckCommand
{
    public const string Name = "check";

    public static Command Create(IServiceProvider services)
    {
        var command = new Command(Name, "Validates wiring and settings and prints every error. The exit code is 1 if there is an error.");
        command.SetAction(call => Check(
            services.GetRequiredService<PikkuPlan>(), services.GetRequiredService<ChannelAddresses>(), call.InvocationConfiguration.Output));
        return command;
    }

    private static int Check(PikkuPlan plan, ChannelAddresses addresses, TextWriter output)
    {
        IReadOnlyList<string> wiring = [.. plan.WiringProblems(), .. addresses.Problems()];
        var settings = plan.SettingsProblems();
        PrintErrors("wiring", wiring, output);
        PrintErrors("settings", settings, output);
        if (wiring.Count + settings.Count > 0)
            return 1;
        foreach (var warning in plan.Warnings)
            output.WriteLine($"Warning: {warning}");
        var functions = plan.Channels.SelectMany(channel => channel.AllActions).Select(action => action.Function.Name).Distinct(StringComparer.Ordinal);
        output.WriteLine($"The wiring and the settings are valid: {Count(plan.Channels.Count, "channel")}, {Count(functions.Count(), "function")}.");
        return 0;
    }

    public static void PrintErrors(string what, IReadOnlyList<string> errors, TextWriter output)
    {
        if (errors.Count == 0)
            return;
        output.WriteLine($"{Count(errors.Count, "error")} in the {what}:");
        foreach (var error in errors)
            output.WriteLine($"  - {error}");
    }

    public static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
