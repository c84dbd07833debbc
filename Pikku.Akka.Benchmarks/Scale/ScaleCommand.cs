using System.Runtime.InteropServices;
using Pikku.Akka.Benchmarks.Scale.Rows;

namespace Pikku.Akka.Benchmarks.Scale;

/// <summary>Measures what many connections, topics and nodes cost, and writes the tables of docs/scaling.md.</summary>
internal static class ScaleCommand
{
    private static readonly IReadOnlyList<IScaleRow> s_rows = [new IdleConnections(), new ReconnectStorm(), new ResumeAtOnce(), new ManyTopics(), new IdleNodes(), new OtherNodes()];

    /// <summary>Returns 0 if everything was measured; 1 if a check failed or a server did not start; 2 if the command line is invalid.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            if (!OperatingSystem.IsLinux())
                throw new FormatException("The load generator uses epoll and /proc, so it runs only on Linux.");
            var options = ScaleOptions.Parse(args);
            var rows = Selected(options.Rows);
            var report = new ScaleReport(options);
            foreach (var row in rows)
            {
                report.Begin(row.Title);
                try
                {
                    await row.RunAsync(options, report, stop.Token);
                }
                catch (InvalidOperationException e)
                {
                    report.Fail($"{row.Title}: {e.Message}"); // the other rows are measured nevertheless
                }
            }

            report.Begin(Projection.Title);
            report.Add(Projection.Table(report.Costs));
            await File.WriteAllTextAsync(Path.Combine(options.Out, "scale.md"), report.ToString(), stop.Token);
            return report.HasFailed ? 1 : 0;
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n\n{ScaleOptions.Usage}\n\nmeasurements: {string.Join(", ", s_rows.Select(row => row.Name))}");
            return 2;
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }

        // This process must live until it has stopped the servers that it started.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static IReadOnlyList<IScaleRow> Selected(IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => s_rows.All(row => row.Name != name)) is { } unknown)
            throw new FormatException($"The measurement {unknown} does not exist.");
        return names.Count == 0 ? s_rows : [.. s_rows.Where(row => names.Contains(row.Name))];
    }
}
