using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Compare.Trials;

/// <summary>
/// The rounds of load. All servers run at the same time, and one is driven at a time. Within a round the servers take turns test by
/// test, and
/// each round begins with another server, so that other activity of the machine affects all servers.
/// </summary>
internal sealed class Rounds(CompareOptions options, ResultSet results, IReadOnlyList<RunningServer> servers)
{
    // Six seconds in total, after which the JIT has compiled the hot paths of each kind of load.
    private static readonly string[] WarmUp = ["echo64-w16", "fan100-64", "echo64-w1", "fan1000-64"];

    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (var server in servers)
            await WarmUpAsync(server, cancel);
        for (var round = 0; round < options.Rounds; round++)
            foreach (var test in options.Tests)
                for (var turn = 0; turn < servers.Count; turn++)
                    await MeasureAsync(test, servers[(turn + round) % servers.Count], round, cancel);
    }

    private static async Task WarmUpAsync(RunningServer server, CancellationToken cancel)
    {
        Console.Error.WriteLine($"warming up {server.Contender.Name}");
        foreach (var test in WarmUp)
            await LoadGenerator.Run(server, Workloads.Named(test).Arguments, warmup: 0.5, seconds: 1, cancel);
    }

    private async Task MeasureAsync(Workload test, RunningServer server, int round, CancellationToken cancel)
    {
        if (!test.Includes(server.Contender))
            return;
        Console.Error.WriteLine($"round {round + 1} of {options.Rounds}: {test.Name}, {server.Contender.Name}");
        var found = await LoadGenerator.Run(server, test.Arguments, warmup: 1, options.Seconds, cancel);
        var run = new Measurement(test.Name, server.Contender.Name, round, found);
        results.Add(run);
        if (run.Ok && run.Number(Metric.CpuPerMessage) is null)
            results.Note($"{run.Server}, {test.Name}: the CPU of one run could not be read; the run counts without it.");
    }
}
