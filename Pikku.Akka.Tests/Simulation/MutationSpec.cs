using Xunit;
using Xunit.Abstractions;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>The simulator finds what is wrong: each mutation breaks one rule of resume on purpose.</summary>
public sealed class MutationSpec(ITestOutputHelper output)
{
    /// <summary>Less than the number of known seeds, because a change of the code under test changes the runs, and some mutations are found by few seeds only.</summary>
    private const int MustBeFound = 35;

    /// <summary>Tried when the known seed does not find a mutation any more, because a change of the code under test has changed the runs.</summary>
    private const int FurtherSeeds = 8;

    [Fact]
    public void The_simulator_finds_the_rules_that_are_broken_on_purpose()
    {
        var all = Enum.GetValues<Mutation>().Where(static mutation => mutation != Mutation.None).ToList();
        var found = all.AsParallel().WithDegreeOfParallelism(2).Select(static mutation => (mutation, Result: Find(mutation))).ToList();

        foreach (var (mutation, result) in found)
            output.WriteLine(result is null ? $"{mutation} is not found" : $"{mutation} is found by seed {result.Options.Seed}: {result.Violation}");
        Assert.InRange(found.Count(static one => one.Result is not null), MustBeFound, all.Count);
    }

    private static RunResult? Find(Mutation mutation) =>
        (MutationSeeds.Known.TryGetValue(mutation, out var known) ? Enumerable.Range(0, FurtherSeeds).Prepend(known) : [])
            .Select(seed => Runner.Run(new RunOptions(seed) { Mutation = mutation }))
            .FirstOrDefault(static result => result.Violation is not null);
}
