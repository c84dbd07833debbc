namespace Pikku.Akka.Tests.Simulation;

/// <summary>
/// For each mutation a seed whose run breaks a rule. <c>dotnet run --project Pikku.Akka.Benchmarks -c Release -- simulate --mutation all --seeds 2500</c> searches
/// them anew, after a change of the simulation or of the code under test has changed the runs.
/// </summary>
/// <remarks>
/// Three mutations are not found. <see cref="Mutation.ListAll"/> and <see cref="Mutation.ShortMemory"/> need an origin that is idle in a topic for almost exactly as
/// long as numbers are remembered, and a client that comes back then. <see cref="Mutation.FreshRemoval"/> needs an entry that is set anew while the removal of the
/// entry before it is under way.
/// </remarks>
internal static class MutationSeeds
{
    public static IReadOnlyDictionary<Mutation, int> Known { get; } = new Dictionary<Mutation, int>
    {
        [Mutation.NoRepair] = 0,
        [Mutation.NoTail] = 72,
        [Mutation.NoAgreement] = 21,
        [Mutation.OneShot] = 47,
        [Mutation.LaneOnBatch] = 21,
        [Mutation.ForgetClosed] = 21,
        [Mutation.GapSkip] = 1,
        [Mutation.NoTransfer] = 6,
        [Mutation.FirstHeard] = 32,
        [Mutation.EndCut] = 0,
        [Mutation.MixSources] = 71,
        [Mutation.CopyUnready] = 20,
        [Mutation.SortByAge] = 3,
        [Mutation.OpenBatch] = 414,
        [Mutation.FuzzyCopy] = 0,
        [Mutation.MergeAtOnce] = 1,
        [Mutation.NoFloor] = 72,
        [Mutation.FoundEarly] = 94,
        [Mutation.FoundByBeats] = 1068,
        [Mutation.CopyRefused] = 355,
        [Mutation.StateFirst] = 1045,
        [Mutation.LateStart] = 30,
        [Mutation.Inclusive] = 0,
        [Mutation.SkipsFirst] = 0,
        [Mutation.Partial] = 21,
        [Mutation.UnknownAsZero] = 29,
        [Mutation.AheadOk] = 1,
        [Mutation.NoHistoryId] = 136,
        [Mutation.NoAgeCheck] = 197,
        [Mutation.ForgetEarly] = 44,
        [Mutation.CounterReset] = 1,
        [Mutation.SameOrigin] = 0,
        [Mutation.ClockLife] = 33,
        [Mutation.Greatest] = 46,
        [Mutation.MergeLost] = 1,
        [Mutation.EarlyEnd] = 0,
        [Mutation.NoRefresh] = 12,
        [Mutation.SnapshotFirst] = 0,
        [Mutation.AckReceipt] = 14,
        [Mutation.WallClock] = 0,
        [Mutation.CopyClock] = 68,
        [Mutation.NoTombstone] = 2,
        [Mutation.ReplayLosers] = 259,
        [Mutation.LocalRemoval] = 17,
        [Mutation.NoStateCopy] = 325,
    };
}
