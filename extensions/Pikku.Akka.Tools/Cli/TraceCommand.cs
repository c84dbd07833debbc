using System.CommandLine;
using System.Globalization;
using Pikku.Akka.Inspection;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>trace</c>: prints the messages of a user's connections on all nodes, live.</summary>
internal static class TraceCommand
{
    private const int IdLength = 4; // the last characters of the id of a connection tell the few connections of one user apart

    public static Command Create(IServiceProvider services)
    {
        var user = new Option<string>("--user") { Description = "The user.", Required = true };
        var seconds = new Option<double?>("--seconds") { Description = "For how long at most. The default and the maximum are pikku.watch.duration." };
        var command = new Command("trace", "Prints the messages of a user's connections on all nodes of a running cluster, live and without payloads, until Ctrl-C.") { user, seconds };
        var node = NodeClient.Options.AddTo(command);
        command.SetAction((call, cancellation) => node.RunAsync(call, async client =>
        {
            var output = call.InvocationConfiguration.Output;
            var limit = call.GetValue(seconds) is { } time ? $"?seconds={time.ToString(CultureInfo.InvariantCulture)}" : "";
            try
            {
                await foreach (var line in client.ReadLinesAsync($"users/{Uri.EscapeDataString(call.GetValue(user)!)}/trace{limit}", cancellation))
                {
                    if (call.GetValue(node.Json))
                        await output.WriteLineAsync(line);
                    else
                        Write(InspectionJson.Read<TraceEntry>(line), output);
                    await output.FlushAsync(CancellationToken.None);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // Ctrl-C is the usual end.
            }

            return 0;
        }));
        return command;
    }

    private static void Write(TraceEntry entry, TextWriter output)
    {
        var time = entry.At.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        if (entry.Direction == TraceDirection.Note)
        {
            Lines.Write(output, $"{time} ", entry.Name);
            return;
        }

        var id = entry.Connection is { Length: > IdLength } connection ? connection[^IdLength..] : entry.Connection ?? "";
        var direction = entry.Direction switch { TraceDirection.In => "in", TraceDirection.Out => "out", _ => "srv" };
        var duration = entry.Duration is { } taken ? $"{taken.ToString("0.0", CultureInfo.InvariantCulture)}ms" : "";
        var outcome = entry.ErrorId is { } error ? $"{entry.Outcome} {error}" : entry.Outcome;
        Lines.Write(output, $"{time} {direction,-3} {Lines.Column(id, IdLength)} {Lines.Column(entry.Name, 16)} {SizeOf(entry.Size),6} {duration,8} ", outcome ?? "");
    }

    private static string SizeOf(int size) => size switch
    {
        0 => "",
        < 10_000 => $"{size}B",
        < 10_000_000 => $"{size / 1000}kB",
        _ => $"{size / 1_000_000}MB",
    };
}
