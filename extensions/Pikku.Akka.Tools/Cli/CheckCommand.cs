using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Hosting;

namespace Pikku.Akka.Cli;

/// <summary><c>check</c>: every mistake of wiring and settings, those that would stop the start; without one, what has no effect.</summary>
internal static class CheckCommand
{
    public const string Name = "check";

    public static Command Create(IServiceProvider services)
    {
        var command = new Command(Name, "Tells every mistake of wiring and settings; the exit code is 1 when there is one.");
        command.SetAction(call => Check(
            services.GetRequiredService<PikkuPlan>(), services.GetRequiredService<ChannelAddresses>(), call.InvocationConfiguration.Output));
        return command;
    }

    private static int Check(PikkuPlan plan, ChannelAddresses addresses, TextWriter output)
    {
        IReadOnlyList<string> wiring = [.. plan.WiringMistakes(), .. addresses.Mistakes()];
        var settings = plan.SettingsMistakes();
        Tell("wiring", wiring, output);
        Tell("settings", settings, output);
        if (wiring.Count + settings.Count > 0)
            return 1;
        foreach (var warning in plan.Warnings)
            output.WriteLine($"Warning: {warning}");
        var functions = plan.Channels.SelectMany(channel => channel.AllActions).Select(action => action.Function.Name).Distinct(StringComparer.Ordinal);
        output.WriteLine($"Wiring and settings are right: {Count(plan.Channels.Count, "channel")}, {Count(functions.Count(), "function")}.");
        return 0;
    }

    public static void Tell(string what, IReadOnlyList<string> mistakes, TextWriter output)
    {
        if (mistakes.Count == 0)
            return;
        output.WriteLine($"{Count(mistakes.Count, "mistake")} in the {what}:");
        foreach (var mistake in mistakes)
            output.WriteLine($"  - {mistake}");
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
