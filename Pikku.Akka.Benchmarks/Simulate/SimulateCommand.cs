using System.Diagnostics;
using System.Globalization;
using Pikku.Akka.Tests.Simulation;

namespace Pikku.Akka.Benchmarks.Simulate;

/// <summary><c>simulate</c>: runs the replication of nodes on virtual time, for as many seeds as one likes.</summary>
internal static class SimulateCommand
{
    private const string Usage = "usage: simulate [--seeds N] [--from S] [--threads N] [--mutation NAME|all] [--trace]";

    public static int Run(string[] args)
    {
        var (seeds, from, threads, mutation, isTraced) = (2000, 0, Environment.ProcessorCount, "None", false);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--trace")
            {
                isTraced = true;
                continue;
            }

            if (i + 1 == args.Length)
                return Refuse();
            var value = args[++i];
            switch (args[i - 1])
            {
                case "--seeds": seeds = int.Parse(value, CultureInfo.InvariantCulture); break;
                case "--from": from = int.Parse(value, CultureInfo.InvariantCulture); break;
                case "--threads": threads = int.Parse(value, CultureInfo.InvariantCulture); break;
                case "--mutation": mutation = value; break;
                default: return Refuse();
            }
        }

        if (mutation == "all")
            return SearchAll(from, seeds, threads);
        if (!Enum.TryParse<Mutation>(mutation, out var broken))
            return Refuse();
        var watch = Stopwatch.StartNew();
        var (failed, statistics) = Runner.RunSeeds(from, seeds, threads, broken);
        Console.WriteLine($"{seeds} seeds in {watch.Elapsed.TotalSeconds:F1} s, {failed.Count} failed");
        Console.WriteLine(statistics);
        foreach (var group in failed.GroupBy(static result => result.Violation))
            Console.WriteLine($"{group.Count()} x {group.Key}: seeds {string.Join(' ', group.Take(10).Select(static result => result.Options.Seed))}");
        if (failed.Count == 0)
            return 0;
        var shortest = Runner.Shrink(failed[0]);
        Console.WriteLine($"seed {shortest.Options.Seed} fails with these faults only: {shortest.Violation}");
        foreach (var fault in shortest.Faults)
            Console.WriteLine(fault);
        if (isTraced)
        {
            foreach (var line in shortest.Trace)
                Console.WriteLine(line);
        }

        return 1;
    }

    private static int SearchAll(int from, int seeds, int threads)
    {
        var found = 0;
        var all = Enum.GetValues<Mutation>().Where(static one => one != Mutation.None).ToList();
        foreach (var mutation in all)
        {
            var caught = Search(mutation, from, seeds, threads);
            Console.WriteLine(caught is null ? $"{mutation,-20} not found in {seeds} seeds" : $"{mutation,-20} {caught.Options.Seed,6} {caught.Violation!.Split('\n')[0]}");
            found += caught is null ? 0 : 1;
        }

        Console.WriteLine($"{found} of {all.Count} found");
        return 0;
    }

    private static RunResult? Search(Mutation mutation, int from, int seeds, int threads)
    {
        const int Step = 50;
        for (var seed = from; seed < from + seeds; seed += Step)
        {
            if (Runner.RunSeeds(seed, Step, threads, mutation).Failed is [var first, ..])
                return first;
        }

        return null;
    }

    private static int Refuse()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}
