using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>What makes one run. Two runs with the same options are the same, step by step.</summary>
/// <param name="Seed">Draws everything that happens.</param>
internal sealed record RunOptions(int Seed)
{
    /// <summary>The rule that is broken on purpose.</summary>
    public Mutation Mutation { get; init; }

    /// <summary>The faults of the schedule that do not happen, by their index.</summary>
    public IReadOnlySet<int> WithoutFaults { get; init; } = new HashSet<int>();

    /// <summary>True to record what happens as text.</summary>
    public bool IsTraced { get; init; }

    /// <summary>What becomes of a message on its way: encoded and decoded.</summary>
    public Func<LaneMessage, LaneMessage> Wire { get; init; } = static message => message;

    /// <summary>A source of random numbers for one purpose, so that a change in one of them does not change the others.</summary>
    public Random Random(int purpose)
    {
        // SplitMix64, https://prng.di.unimi.it/splitmix64.c: seeds that differ by one must not give similar numbers.
        var z = ((ulong)(uint)Seed << 32 | (uint)purpose) + 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return new Random((int)(z ^ (z >> 31)));
    }
}
