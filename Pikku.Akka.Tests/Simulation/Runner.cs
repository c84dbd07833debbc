namespace Pikku.Akka.Tests.Simulation;

/// <summary>Runs seeds, and reduces a failing one to the faults that it needs.</summary>
internal static class Runner
{
    public static RunResult Run(RunOptions options)
    {
        var cluster = new SimulatedCluster(options);
        string? violation = null;
        try
        {
            cluster.Run();
        }
        catch (Violation broken)
        {
            violation = broken.Message;
        }
        catch (Exception error)
        {
            // An exception of the code under test is a failure of the run like any other.
            violation = $"crash: {string.Join(" ", error.ToString().Split('\n').Take(6))}";
        }

        if (options.IsTraced && violation is not null)
            cluster.Tracer.Line(violation);
        var faults = Enumerable.Range(0, cluster.Faults.Count).Where(fault => !options.WithoutFaults.Contains(fault)).Select(cluster.Faults.Describe).ToList();
        return new RunResult(options, violation, cluster.Tracer.Hash, cluster.Statistics, faults, cluster.Tracer.Lines);
    }

    /// <summary>Runs seeds on several threads.</summary>
    /// <param name="from">The first seed.</param>
    /// <param name="count">The number of seeds.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="mutation">The rule that is broken.</param>
    public static (List<RunResult> Failed, Statistics Statistics) RunSeeds(int from, int count, int threads, Mutation mutation = Mutation.None)
    {
        var (gate, failed, statistics) = (new Lock(), new List<RunResult>(), new Statistics());
        Parallel.For(from, from + count, new ParallelOptions { MaxDegreeOfParallelism = threads }, seed =>
        {
            var result = Run(new RunOptions(seed) { Mutation = mutation });
            lock (gate)
            {
                statistics.Add(result.Statistics);
                if (result.Violation is not null)
                    failed.Add(result);
            }
        });
        return ([.. failed.OrderBy(static result => result.Options.Seed)], statistics);
    }

    /// <summary>Leaves faults out of a failing run, as long as it still fails.</summary>
    /// <returns>The shortest failing run, with its trace.</returns>
    public static RunResult Shrink(RunResult failing)
    {
        var shortest = failing;
        for (var hasChanged = true; hasChanged;)
        {
            hasChanged = false;
            var count = shortest.Faults.Count + shortest.Options.WithoutFaults.Count;
            for (var fault = count - 1; fault >= 0; fault--)
            {
                if (shortest.Options.WithoutFaults.Contains(fault))
                    continue;
                var shorter = Run(shortest.Options with { WithoutFaults = new HashSet<int>(shortest.Options.WithoutFaults) { fault } });
                if (shorter.Violation is null)
                    continue;
                (shortest, hasChanged) = (shorter, true);
            }
        }

        return Run(shortest.Options with { IsTraced = true });
    }
}
