namespace Pikku.Akka.Tests.Simulation;

/// <summary>For each mutation a seed whose run breaks a rule.</summary>
internal static class MutationSeeds
{
    public static IReadOnlyDictionary<Mutation, int> Known { get; } = new Dictionary<Mutation, int>
    {
    };
}
