using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Benchmarks.Compare.Results;

namespace Pikku.Akka.Benchmarks.Compare.Servers;

/// <summary>Runs the load generator against a server. All servers are driven by the same program.</summary>
internal static class LoadGenerator
{
    // The time for connecting, closing and unresponsive servers, in addition to the measured time.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    public static async Task<JsonObject> Run(
        RunningServer server, string arguments, double warmup, double seconds, CancellationToken cancel)
    {
        var timing = string.Create(CultureInfo.InvariantCulture, $" --warmup {warmup} --duration {seconds}");
        return await Run(server, arguments + timing, cancel);
    }

    public static async Task<JsonObject> Run(RunningServer server, string arguments, CancellationToken cancel)
    {
        var start = StartInfo(server, arguments);
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return Parse(output, await errors);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Measurement.Failed("the load generator did not exit");
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>How the generator is started.</summary>
    /// <param name="server">The server.</param>
    /// <param name="arguments">The mode and its options.</param>
    public static ProcessStartInfo StartInfo(RunningServer server, string arguments)
    {
        var words = arguments.Split(' ');
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "Pikku.Akka.Benchmarks.Load.dll"), words[0],
                "--url", $"ws://127.0.0.1:{server.Port}{server.Contender.Path}",
                "--protocol", server.Contender.Protocol,
                "--name", server.Contender.Name,
                "--server-pid", server.Pid.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var word in words[1..])
            start.ArgumentList.Add(word);
        return start;
    }

    private static JsonObject Parse(string output, string errors)
    {
        try
        {
            return JsonNode.Parse(output)!.AsObject();
        }
        catch (JsonException)
        {
            return Measurement.Failed(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "no result");
        }
    }
}
