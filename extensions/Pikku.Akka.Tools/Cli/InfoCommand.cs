using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pikku.Akka.Hosting;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>info</c>: lists the wiring as a table for people or as one JSON object per line for programs.</summary>
internal static class InfoCommand
{
    private static readonly Listing[] s_listings =
    [
        FunctionListing.Create(), TagListing.Create(), MiddlewareListing.Create(), PermissionListing.Create(), ChannelListing.Create(),
        TopicListing.Create(),
    ];

    public static Command Create(IServiceProvider services)
    {
        var command = new Command("info", "Lists the wiring.");
        foreach (var listing in s_listings)
            command.Add(Create(listing, services));
        return command;
    }

    private static Command Create(Listing listing, IServiceProvider services)
    {
        var json = new Option<bool>("--json") { Description = "Prints one JSON object per line." };
        var limit = new Option<int?>("--limit") { Description = "Lists at most N rows.", HelpName = "N", CustomParser = ReadLimit };
        var command = new Command(listing.Name, listing.Description) { json, limit };
        command.SetAction(call =>
        {
            var root = services.GetService<IHostEnvironment>()?.ContentRootPath;
            var wiring = new WiredApp(
                services.GetRequiredService<PikkuPlan>(), new SourceFiles(root, Environment.CurrentDirectory), services.GetRequiredService<ChannelAddresses>());
            var table = listing.Read(wiring, call.GetValue(CommandLine.Verbose), call.GetValue(limit));
            var terminal = (Terminal)call.InvocationConfiguration;
            if (call.GetValue(json))
                JsonLines.Write(table, terminal);
            else
                TextTable.Write(table, terminal);
        });
        return command;
    }

    private static int? ReadLimit(ArgumentResult argument)
    {
        if (argument.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0)
            return limit;
        argument.AddError("--limit must be a whole number that is at least 1.");
        return null;
    }
}
