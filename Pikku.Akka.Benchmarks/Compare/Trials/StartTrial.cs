using System.Diagnostics;
using System.Text.Json.Nodes;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Compare.Trials;

/// <summary>Measures the time from the start of the process to the first echo.</summary>
internal sealed class StartTrial(CompareOptions options, ResultSet results, IReadOnlyList<Contender> contenders, string logs)
{
    public const string Test = "start";

    public async Task RunAsync(CancellationToken cancel)
    {
        // One run without measurement, so that files are cached and the client code is compiled.
        foreach (var contender in contenders)
            await Once(contender, cancel);
        for (var round = 0; round < options.Rounds; round++)
            foreach (var contender in contenders)
                results.Add(new Measurement(Test, contender.Name, round, await Once(contender, cancel)));
    }

    private async Task<JsonObject> Once(Contender contender, CancellationToken cancel)
    {
        Console.Error.WriteLine($"{Test}, {contender.Name}");
        var clock = Stopwatch.StartNew();
        using var server = RunningServer.Launch(contender, logs);
        await server.WaitUntilListening(cancel);
        var echoed = await FirstEcho.TryAsync(contender, server.Port, cancel);
        return echoed
            ? new JsonObject { ["ok"] = true, [Metric.StartSeconds] = Math.Round(clock.Elapsed.TotalSeconds, 3) }
            : Measurement.Failed("the first echo did not arrive");
    }
}
