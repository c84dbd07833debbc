using System.Globalization;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Report;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Scale.Rows;

/// <summary>Many topics with one subscriber each on few connections: the memory of each, and a publish to one of them, compared with a node with a hundred topics.</summary>
internal sealed class ManyTopics : IScaleRow
{
    private const int Few = 100;

    public string Name => "topics";

    public string Title => "Topics";

    public async Task RunAsync(ScaleOptions options, ScaleReport report, CancellationToken cancel)
    {
        var rounds = options.Contenders.ToDictionary(contender => contender.Name, _ => (Few: new List<Measurement>(), Many: new List<Measurement>()));
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < options.Contenders.Count; turn++)
            {
                var contender = options.Contenders[(turn + round) % options.Contenders.Count];
                Console.Error.WriteLine($"round {round + 1} of {options.Rounds}: {options.Topics:N0} topics, {contender.Name}");
                rounds[contender.Name].Few.Add(await MeasureAsync(contender, Few, options, report, round, cancel));
                rounds[contender.Name].Many.Add(await MeasureAsync(contender, options.Topics, options, report, round, cancel));
            }
        }

        var many = options.Topics.ToString("N0", CultureInfo.InvariantCulture);
        var table = new MarkdownTable(
            "server", "topics", "connections", "KiB for each topic with its subscription", "µs CPU per subscribe", "subscribes per second", $"µs CPU per publish, {Few} topics", $"{many} topics", "ratio", "p99 µs", $"p99 µs, {many} topics");
        foreach (var (name, runs) in rounds)
        {
            var (few, more) = (Of(runs.Few, Metric.CpuPerMessage), Of(runs.Many, Metric.CpuPerMessage));
            table.Add(
                name, many, $"{options.Subscribers:N0}", Text(Of(runs.Many, "kbPerSubscription")), Text(Of(runs.Many, "subscribeServerUs")), Text(Of(runs.Many, "subscribePerSecond")), Text(few), Text(more),
                Figure.Of(Figure.Ratio(more?.Median, few?.Median)), Text(Of(runs.Few, Metric.P99)), Text(Of(runs.Many, Metric.P99)));
        }

        report.Add(table.ToString());
        report.Costs.KibPerTopic = Of(rounds[Contender.Ours].Many, "kbPerSubscription")?.Median;
    }

    private static Spread? Of(IEnumerable<Measurement> runs, string figure) => Spread.Of(runs.Where(run => run.Ok).Select(run => run.Number(figure)).OfType<double>());

    private static string Text(Spread? figure) => figure?.ToString() ?? Figure.Missing;

    private async Task<Measurement> MeasureAsync(Contender contender, int topics, ScaleOptions options, ScaleReport report, int round, CancellationToken cancel)
    {
        var raised = contender.Name == Contender.Ours
            ? contender with { Command = port => [.. contender.Command(port), $"--pikku:limits:subscriptions-per-connection={Math.Max(100, topics / options.Subscribers + 1)}"] }
            : contender;
        using var server = await RunningServer.StartAsync(raised, options.Out, cancel);
        // The warm-up is long enough for the compiler to finish with the code of a publish.
        var arguments = $"spread --topics {topics} --connections {options.Subscribers} --window 16 --settle 3 --warmup 5 --duration {options.Seconds}";
        var run = new Measurement(Name, contender.Name, round, await LoadGenerator.Run(server, arguments, cancel));
        if (!run.Ok)
            report.Fail($"{run.Server}, {Title}, {topics:N0}: {run.Faults}");
        return run;
    }
}
