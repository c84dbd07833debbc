using System.CommandLine;
using Pikku.Akka.AsyncApi;

namespace Pikku.Akka.Cli;

/// <summary><c>contract diff</c>: what has changed between two contracts, and what of it breaks clients.</summary>
internal static class ContractCommand
{
    public static Command Create(IServiceProvider services)
    {
        var older = new Argument<string>("old") { Description = "The document that clients know." };
        var newer = new Argument<string>("new") { Description = "The document of the application as it is." };
        var json = new Option<bool>("--json") { Description = "JSON instead of lines." };
        var diff = new Command("diff", "Compares two documents of the command 'asyncapi'; the exit code is 1 when clients break, 2 when a document can't be read.")
        {
            older, newer, json,
        };
        diff.SetAction(call => ContractDiffCommand.Run(
            call.GetValue(older)!, call.GetValue(newer)!, call.GetValue(json), call.InvocationConfiguration.Output, call.InvocationConfiguration.Error));
        return new Command("contract", "Compares contracts.") { diff };
    }
}
