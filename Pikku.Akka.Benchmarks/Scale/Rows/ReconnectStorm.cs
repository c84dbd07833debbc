using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Scale.Rows;

/// <summary>Clients on topics without a history that all lose their connection at once and come back to the same server at once, beside healthy clients that send echoes.</summary>
internal sealed class ReconnectStorm : IScaleRow
{
    private const int Topics = 100;
    private const int OtherFiles = 1000; // open files of a server besides the connections of the storm
    private const int Handshakes = 500; // in flight: as many as Kestrel's backlog holds, so that no client waits for a repeated SYN

    // The healthy clients are measured for the same time before the storm and from its begin on, however long it takes.
    private const string Healthy = "echo --connections 100 --window 16 --rate 500 --warmup 2 --duration 10";

    public string Name => "reconnect";

    public string Title => "Reconnect storm";

    public async Task RunAsync(ScaleOptions options, ScaleReport report, CancellationToken cancel)
    {
        var clients = Math.Min(options.Clients, (OpenFiles.MostConnections() - OtherFiles) * 2 / 3); // the server closes old connections while it accepts new ones, and half of the old ones may still be open
        if (clients < options.Clients)
            report.Add($"{options.Clients:N0} clients were wanted, and the limit of open files allows {clients:N0}.");
        var rounds = options.Contenders.ToDictionary(contender => contender.Name, _ => new List<Round>());
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < options.Contenders.Count; turn++)
            {
                var contender = options.Contenders[(turn + round) % options.Contenders.Count];
                Console.Error.WriteLine($"round {round + 1} of {options.Rounds}: {clients:N0} clients reconnect, {contender.Name}");
                if (await MeasureAsync(contender, clients, options, report, round, cancel) is { } found)
                    rounds[contender.Name].Add(found);
            }
        }

        var table = new MarkdownTable(
            "server", "clients", "all are back and subscribed after, s", "p50 of a client, ms", "µs CPU per client", "healthy clients before, p50 / p99 ms", "in the 10 s from the storm on, p50 / p99 ms", "errors");
        foreach (var (name, all) in rounds)
        {
            table.Add(
                name, $"{clients:N0}", Text(all, one => one.Seconds), Text(all, one => one.P50), Text(all, one => one.Microseconds), $"{Text(all, one => one.Calm.P50)} / {Text(all, one => one.Calm.P99)}",
                $"{Text(all, one => one.Busy.P50)} / {Text(all, one => one.Busy.P99)}", all.Count == 0 ? "failed" : $"{all.Sum(one => one.Errors)}");
        }

        report.Add(table.ToString());
        report.Costs.MicrosecondsPerReconnect = Spread.Of(rounds[Contender.Ours].Select(one => one.Microseconds))?.Median;
    }

    private static string Text(IEnumerable<Round> rounds, Func<Round, double> figure) => Spread.Of(rounds.Select(figure))?.ToString() ?? Figure.Missing;

    private static (double P50, double P99) Latency(Measurement run) => ((run.Number(Metric.P50) ?? 0) / 1000, (run.Number(Metric.P99) ?? 0) / 1000);

    // Null if a part could not begin.
    private async Task<Round?> MeasureAsync(Contender contender, int clients, ScaleOptions options, ScaleReport report, int round, CancellationToken cancel)
    {
        try
        {
            return await RunAsync(contender, clients, options, report, round, cancel);
        }
        catch (InvalidOperationException e)
        {
            report.Fail($"{contender.Name}, {Title}: {e.Message}");
            return null;
        }
    }

    private async Task<Round> RunAsync(Contender contender, int clients, ScaleOptions options, ScaleReport report, int round, CancellationToken cancel)
    {
        using var server = await RunningServer.StartAsync(contender, options.Out, cancel);
        using var storm = SteppedLoad.Start(server, $"reconnect --connections {clients} --topics {Topics} --connect-parallel {Handshakes} --settle 2");
        await storm.ReadyAsync(cancel);

        Measurement calm;
        using (var before = SteppedLoad.Start(server, Healthy))
        {
            await before.ReadyAsync(cancel);
            await before.GoAsync();
            calm = await before.ResultAsync(Name, contender.Name, round, cancel);
        }

        using var healthy = SteppedLoad.Start(server, Healthy);
        await healthy.ReadyAsync(cancel);
        await healthy.GoAsync();
        await storm.GoAsync();
        var (result, busy) = (await storm.ResultAsync(Name, contender.Name, round, cancel), await healthy.ResultAsync(Name, contender.Name, round, cancel));
        var failed = new[] { calm, busy, result }.Where(run => !run.Ok).ToArray();
        foreach (var run in failed)
            report.Fail($"{run.Server}, {Title}: {run.Faults}");
        return new Round(
            result.Number("seconds") ?? 0, (result.Number(Metric.P50) ?? 0) / 1000, result.Number("serverUsPerClient") ?? 0, Latency(calm), Latency(busy), failed.Length);
    }

    private sealed record Round(double Seconds, double P50, double Microseconds, (double P50, double P99) Calm, (double P50, double P99) Busy, int Errors);
}
