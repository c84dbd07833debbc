using Pikku.Akka.Benchmarks.Compare.Servers;
using Pikku.Akka.Benchmarks.Scale.Rows;

namespace Pikku.Akka.Benchmarks.Scale;

/// <summary>Measures what many connections, topics and nodes cost, and writes the tables of docs/scaling.md.</summary>
internal static class ScaleCommand
{
    private static readonly IReadOnlyList<IScaleRow> s_rows = [new IdleConnections(), new ReconnectStorm(), new ResumeAtOnce(), new ManyTopics(), new IdleNodes(), new OtherNodes()];

    /// <summary>Returns 0 if everything was measured; 1 if a check failed or a server did not start; 2 if the command line is invalid.</summary>
    public static Task<int> RunAsync(string[] args) => MeasuringCommand.RunAsync(
        cancel => MeasureAsync(args, cancel), $"{ScaleOptions.Usage}\n\nmeasurements: {string.Join(", ", s_rows.Select(row => row.Name))}");

    private static async Task<int> MeasureAsync(string[] args, CancellationToken cancel)
    {
        var options = ScaleOptions.Parse(args);
        var rows = Selected(options.Rows);
        var report = new ScaleReport(options);
        foreach (var row in rows)
        {
            report.Begin(row.Title);
            try
            {
                await row.RunAsync(options, report, cancel);
            }
            catch (InvalidOperationException e)
            {
                report.Fail($"{row.Title}: {e.Message}"); // the other rows are measured nevertheless
            }
        }

        report.Begin(Projection.Title);
        report.Add(Projection.Table(report.Costs));
        await File.WriteAllTextAsync(Path.Combine(options.Out, "scale.md"), report.ToString(), cancel);
        return report.HasFailed ? 1 : 0;
    }

    private static IReadOnlyList<IScaleRow> Selected(IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => s_rows.All(row => row.Name != name)) is { } unknown)
            throw new FormatException($"The measurement {unknown} does not exist.");
        return names.Count == 0 ? s_rows : [.. s_rows.Where(row => names.Contains(row.Name))];
    }
}
