using System.Text.Json.Nodes;
using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Results;
using Pikku.Akka.Benchmarks.Compare.Servers;

namespace Pikku.Akka.Benchmarks.Compare.Trials;

/// <summary>Measures the allocation per message of .NET servers, in separate runs because tracing costs CPU, which would distort other
/// figures.</summary>
internal sealed class AllocationTrial(CompareOptions options, ResultSet results, IReadOnlyList<RunningServer> servers)
{
    // A busy process reads its counters late, so that a shorter run may contain no valid interval.
    private const double LeastSeconds = 5;

    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (var test in options.Tests.Where(test => test.AllocationLimit is not null))
            foreach (var server in servers.Where(server => server.Contender.Managed))
                await MeasureAsync(test, server, cancel);
    }

    private async Task MeasureAsync(Workload test, RunningServer server, CancellationToken cancel)
    {
        Console.Error.WriteLine($"{test.AllocationTest}, {server.Contender.Name}");
        var load = await Traced(test, server, cancel);
        results.Add(new Measurement(test.AllocationTest, server.Contender.Name, 0, load));
    }

    private async Task<JsonObject> Traced(Workload test, RunningServer server, CancellationToken cancel)
    {
        using var meter = AllocationMeter.Attach(server.Pid);
        var load = await LoadGenerator.Run(server, test.Arguments, warmup: 1, Math.Max(LeastSeconds, options.Seconds), cancel);
        meter.Stop();
        if ((bool?)load["ok"] != true)
            return load;

        // The counter has its own intervals. The load is steady, so the intervals within the window represent the whole window.
        var found = new JsonObject { ["ok"] = true };
        var rate = meter.BytesPerSecond((long)load["beganUnixMs"]!, (long)load["endedUnixMs"]!);
        if (Figure.Ratio(rate, (double?)load[Metric.PerSecond]) is { } perMessage)
            found[Metric.AllocatedPerMessage] = Math.Round(perMessage, 1);
        return found;
    }
}
