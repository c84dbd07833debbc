using System.CommandLine;
using Pikku.Akka.AsyncApi;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>contract diff</c>: prints the changes between two contracts and marks those that break clients.</summary>
internal static class ContractCommand
{
    public static Command Create(IServiceProvider services)
    {
        var older = new Argument<string>("old") { Description = "The document that existing clients were written for." };
        var newer = new Argument<string>("new") { Description = "The current document of the application." };
        var json = new Option<bool>("--json") { Description = "Prints JSON instead of text." };
        var diff = new Command("diff", "Compares two documents written by the command 'asyncapi'. The exit code is 1 if a change breaks clients and 2 if a document cannot be read.")
        {
            older, newer, json,
        };
        diff.SetAction(call => ContractDiffCommand.Run(
            call.GetValue(older)!, call.GetValue(newer)!, call.GetValue(json), call.InvocationConfiguration.Output, call.InvocationConfiguration.Error));
        return new Command("contract", "Compares contracts.") { diff };
    }
}
