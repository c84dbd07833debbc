using Xunit;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>The guarantees of resume hold in simulated clusters, whatever happens to their nodes, links and clients.</summary>
public sealed class SimulationSpec
{
    private const int Seeds = 2000;
    private const int Threads = 2;

    [Fact]
    public void No_seed_breaks_a_guarantee()
    {
        var (failed, statistics) = Runner.RunSeeds(from: 0, Seeds, Threads);

        Assert.True(failed.Count == 0, failed.Count == 0 ? "" : Describe(failed));
        // A loss is avoidable when everything is kept and the node is not cut off. Nodes that are behind for longer than a subscribe waits cause some.
        Assert.InRange(statistics["lost: avoidable"], 0, Math.Max(5, statistics["complete"] * 4 / 1000));
        Assert.True(statistics["replayed"] > 0 && statistics["batches lost"] > 0 && statistics["paced"] > 0, statistics.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_seed_gives_the_same_run_each_time(int seed)
    {
        var first = Runner.Run(new RunOptions(seed) { IsTraced = true });
        var second = Runner.Run(new RunOptions(seed) { IsTraced = true });

        Assert.Equal(first.Trace, second.Trace);
        Assert.Equal(first.Hash, second.Hash);
        Assert.Equal(first.Hash, Runner.Run(new RunOptions(seed)).Hash);
        Assert.NotEqual(first.Hash, Runner.Run(new RunOptions(seed + 1)).Hash);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_run_is_the_same_when_every_message_is_encoded_as_between_real_nodes(int seed)
    {
        var wire = new SimulatedWire();
        var encoded = Runner.Run(new RunOptions(seed) { Wire = wire.Pass });

        Assert.Null(encoded.Violation);
        Assert.Equal(Runner.Run(new RunOptions(seed)).Hash, encoded.Hash);
        Assert.True(wire.Count > 1000);
    }

    [Fact]
    public void A_failing_run_is_reduced_to_the_faults_that_it_needs()
    {
        var failing = Enumerable.Range(0, 100).Select(seed => Runner.Run(new RunOptions(seed) { Mutation = Mutation.NoAgreement }))
            .First(result => result.Violation is not null);

        var shortest = Runner.Shrink(failing);

        Assert.NotNull(shortest.Violation);
        Assert.InRange(shortest.Faults.Count, 1, failing.Faults.Count - 1);
        Assert.EndsWith(shortest.Violation, shortest.Trace[^1]);
        Assert.Equal(shortest.Hash, Runner.Run(shortest.Options).Hash);
    }

    private static string Describe(List<RunResult> failed)
    {
        const int TraceLines = 80;
        var shortest = Runner.Shrink(failed[0]);
        return $"""
            {failed.Count} of {Seeds} seeds failed: {string.Join(' ', failed.Select(static result => result.Options.Seed))}
            seed {shortest.Options.Seed} fails with these faults only: {shortest.Violation}
            {string.Join(Environment.NewLine, shortest.Faults)}
            The end of its trace (all of it: dotnet run --project Pikku.Akka.Benchmarks -- simulate --seeds 1 --from {shortest.Options.Seed} --trace):
            {string.Join(Environment.NewLine, shortest.Trace.TakeLast(TraceLines))}
            """;
    }
}
