using System.Globalization;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;
using Pikku.Akka.Benchmarks.Compare.Trials;

namespace Pikku.Akka.Benchmarks.Scale.Rows;

/// <summary>Many idle connections in new processes of each server, opened at once, watched, and used once in the end.</summary>
internal sealed class IdleConnections : IScaleRow
{
    private const int Handshakes = 64; // in flight at all processes together, as many as compare has at one

    public string Name => "idle";

    public string Title => "Idle connections";

    public async Task RunAsync(ScaleOptions options, ScaleReport report, CancellationToken cancel)
    {
        var shares = MachineLimits.Spread(options.Connections, out var note);
        if (note is not null)
            report.Add(note);
        var rounds = options.Contenders.ToDictionary(contender => contender.Name, _ => new List<Round>());
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < options.Contenders.Count; turn++)
            {
                var contender = options.Contenders[(turn + round) % options.Contenders.Count];
                Console.Error.WriteLine($"round {round + 1} of {options.Rounds}: {shares.Sum():N0} idle connections, {contender.Name}");
                if (await MeasureAsync(contender, shares, options, report, round, cancel) is { } found)
                    rounds[contender.Name].Add(found);
            }
        }

        var table = new MarkdownTable("server", "connections", "processes", "KiB resident each", "cores while idle", "connects per second", "µs CPU per connect", "answered in the end");
        foreach (var (name, all) in rounds)
        {
            table.Add(
                name, shares.Sum().ToString("N0", CultureInfo.InvariantCulture), $"{shares.Count}", Text(all, one => one.Kib), Text(all, one => one.Cores), Text(all, one => one.PerSecond),
                Text(all, one => one.Microseconds),
                all.Count == 0 ? "failed" : string.Join(", ", all.Select(one => one.Answers.ToString("N0", CultureInfo.InvariantCulture)).Distinct()));
        }

        report.Add(table.ToString());
        var ours = rounds[Contender.Ours];
        report.Costs.KibPerConnection = Spread.Of(ours.Select(one => one.Kib))?.Median;
        report.Costs.CoresPerConnection = Spread.Of(ours.Select(one => one.Cores))?.Median / shares.Sum();
    }

    private static string Text(IEnumerable<Round> rounds, Func<Round, double> figure) => Spread.Of(rounds.Select(figure))?.ToString() ?? Figure.Missing;

    // Null if the connections could not be opened.
    private async Task<Round?> MeasureAsync(Contender contender, IReadOnlyList<int> shares, ScaleOptions options, ScaleReport report, int round, CancellationToken cancel)
    {
        var servers = new List<RunningServer>();
        var loads = new List<SteppedLoad>();
        try
        {
            for (var i = 0; i < shares.Count; i++)
                servers.Add(await RunningServer.StartAsync(contender with { Name = $"{contender.Name}-{i}" }, options.Out, cancel));
            for (var i = 0; i < shares.Count; i++)
                loads.Add(SteppedLoad.Start(servers[i], $"idle --connections {shares[i]} --connect-parallel {Math.Max(1, Handshakes / shares.Count)} {IdleTrial.Watching}"));
            // Before the connections, when all are open, and before the last message.
            for (var step = 0; step < 3; step++)
            {
                await Task.WhenAll(loads.Select(load => load.ReadyAsync(cancel)));
                await Task.WhenAll(loads.Select(load => load.GoAsync()));
            }

            var runs = await Task.WhenAll(loads.Select((load, i) => load.ResultAsync(Name, servers[i].Contender.Name, round, cancel)));
            foreach (var run in runs.Where(run => !run.Ok))
                report.Fail($"{run.Server}, {Title}: {run.Faults}");
            foreach (var server in servers.Where(server => !server.IsRunning || server.Errors > 0))
                report.Fail($"{server.Contender.Name}, {Title}: {(server.IsRunning ? "it has logged errors" : "it has ended")}");
            double Sum(string figure) => runs.Sum(run => run.Number(figure) ?? 0);
            double Mean(string figure) => runs.Select((run, i) => (run.Number(figure) ?? 0) * shares[i]).Sum() / shares.Sum();
            return new Round(
                Mean(Metric.KibPerConnection), Sum(Metric.IdleCores), shares.Sum() / Math.Max(0.001, runs.Max(run => run.Number("connectSeconds") ?? 0)), Mean("connectServerUs"),
                (long)Sum("answers"));
        }
        catch (InvalidOperationException e)
        {
            report.Fail($"{contender.Name}, {Title}: {e.Message}");
            return null;
        }
        finally
        {
            loads.ForEach(load => load.Dispose());
            servers.ForEach(server => server.Dispose());
        }
    }

    private sealed record Round(double Kib, double Cores, double PerSecond, double Microseconds, long Answers);
}
