using System.Globalization;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Compare.Trials;

/// <summary>Measures idle connections, each time in a new process and without a forced garbage collection.</summary>
internal sealed class IdleTrial(CompareOptions options, ResultSet results, IReadOnlyList<Contender> contenders, string logs)
{
    /// <summary>How idle connections are watched: for the interval of the pings of Pikku.Akka and SignalR, so that every connection has one of them in it.</summary>
    public const string Watching = "--settle 5 --idle-seconds 15";

    public static string Test(int connections) => string.Create(CultureInfo.InvariantCulture, $"idle {connections:N0}");

    /// <summary>Returns those of the requested numbers of connections that this machine allows.</summary>
    public static IReadOnlyList<int> Sizes(IEnumerable<int> wanted) =>
        [.. wanted.Select(connections => Math.Min(connections, OpenFiles.MostConnections())).Distinct()];

    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (var wanted in options.Idle.Where(connections => connections > OpenFiles.MostConnections()))
            results.Note(string.Create(CultureInfo.InvariantCulture,
                $"{wanted:N0} idle connections were requested, but the hard limit of open files on this machine allows {OpenFiles.MostConnections():N0}."));

        foreach (var connections in Sizes(options.Idle))
            for (var round = 0; round < options.Rounds; round++)
                for (var turn = 0; turn < contenders.Count; turn++)
                    await MeasureAsync(contenders[(turn + round) % contenders.Count], connections, round, cancel);
    }

    private async Task MeasureAsync(Contender contender, int connections, int round, CancellationToken cancel)
    {
        Console.Error.WriteLine($"round {round + 1} of {options.Rounds}: {Test(connections)}, {contender.Name}");
        using var server = await RunningServer.StartAsync(contender, logs, cancel);
        var found = await LoadGenerator.Run(server, $"idle --connections {connections} {Watching}", cancel);

        // Accepting thousands of connections without CPU time means that the CPU time could not be read.
        if ((double?)found["connectServerUs"] <= 0)
            found.Remove(Metric.IdleCores);
        results.Add(new Measurement(Test(connections), contender.Name, round, found));
    }
}
