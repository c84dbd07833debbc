using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Inspection;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>record</c>: records a connection of a running cluster into a file that the test kit plays.</summary>
internal static class RecordCommand
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    public static Command Create(IServiceProvider services)
    {
        var user = new Option<string?>("--user") { Description = "The user whose next connection is recorded from its start." };
        var connection = new Option<string?>("--connection") { Description = "The id of an open connection, which is recorded from now on." };
        var seconds = new Option<double?>("--seconds") { Description = "For how long at most. The default and the maximum are pikku.watch.duration." };
        var file = new Option<FileInfo>("--out") { Description = "The file to write.", Required = true };
        var command = new Command("record", "Records a connection of a running cluster until it ends or Ctrl-C is pressed. The file is a scenario for the test kit; secrets are masked.") { user, connection, seconds, file };
        var node = NodeClient.Options.AddTo(command);
        command.SetAction((call, cancellation) => node.RunAsync(call, async client =>
        {
            var (output, error) = (call.InvocationConfiguration.Output, call.InvocationConfiguration.Error);
            var body = new { user = call.GetValue(user), connection = call.GetValue(connection), seconds = call.GetValue(seconds) };
            var state = InspectionJson.Read<RecordingState>(await client.AskAsync(HttpMethod.Post, "recordings", body, cancellation));
            await error.WriteLineAsync(state.HasBegun ? "Recording. Press Ctrl-C to end." : "Waiting for the next connection of the user. Press Ctrl-C to end.");
            state = await WaitAsync(client, state, services.GetRequiredService<TimeProvider>(), cancellation);
            var path = call.GetValue(file)!.FullName;
            var scenario = await client.AskAsync(HttpMethod.Post, $"recordings/{state.Id}/stop", null, CancellationToken.None);
            try
            {
                await File.WriteAllTextAsync(path, scenario, CancellationToken.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new NodeException($"{path} can't be written: {e.Message}", e);
            }

            if (call.GetValue(node.Json))
                await output.WriteLineAsync(InspectionJson.Write(state));
            else
                await output.WriteLineAsync($"{state.Messages} messages ({state.Ended ?? "stopped"})");
            return 0;
        }));
        return command;
    }

    // Until the recording has ended or the user ends it.
    private static async Task<RecordingState> WaitAsync(NodeClient client, RecordingState state, TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            while (state.Ended is null)
            {
                await Task.Delay(s_poll, clock, cancellation);
                state = await ReadAsync(client, state.Id, cancellation);
            }

            return state;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return await ReadAsync(client, state.Id, CancellationToken.None);
        }
    }

    private static async Task<RecordingState> ReadAsync(NodeClient client, string id, CancellationToken cancellation) =>
        InspectionJson.Read<RecordingState>(await client.AskAsync(HttpMethod.Get, $"recordings/{id}", null, cancellation));
}
