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
        [Mutation.NoTail] = 80,
        [Mutation.NoAgreement] = 2,
        [Mutation.OneShot] = 161,
        [Mutation.LaneOnBatch] = 23,
        [Mutation.ForgetClosed] = 2,
        [Mutation.GapSkip] = 0,
        [Mutation.NoTransfer] = 2,
        [Mutation.FirstHeard] = 23,
        [Mutation.EndCut] = 0,
        [Mutation.MixSources] = 127,
        [Mutation.CopyUnready] = 34,
        [Mutation.SortByAge] = 9,
        [Mutation.OpenBatch] = 851,
        [Mutation.FuzzyCopy] = 0,
        [Mutation.MergeAtOnce] = 0,
        [Mutation.NoFloor] = 0,
        [Mutation.FoundEarly] = 29,
        [Mutation.FoundByBeats] = 510,
        [Mutation.CopyRefused] = 355,
        [Mutation.StateFirst] = 244,
        [Mutation.LateStart] = 3,
        [Mutation.Inclusive] = 0,
        [Mutation.SkipsFirst] = 0,
        [Mutation.Partial] = 22,
        [Mutation.UnknownAsZero] = 103,
        [Mutation.AheadOk] = 2,
        [Mutation.NoHistoryId] = 0,
        [Mutation.NoAgeCheck] = 37,
        [Mutation.ForgetEarly] = 11,
        [Mutation.CounterReset] = 1,
        [Mutation.SameOrigin] = 0,
        [Mutation.ClockLife] = 33,
        [Mutation.Greatest] = 11,
        [Mutation.MergeLost] = 1,
        [Mutation.EarlyEnd] = 0,
        [Mutation.NoRefresh] = 62,
        [Mutation.SnapshotFirst] = 0,
        [Mutation.AckReceipt] = 14,
        [Mutation.WallClock] = 0,
        [Mutation.CopyClock] = 68,
        [Mutation.NoTombstone] = 4,
        [Mutation.ReplayLosers] = 112,
        [Mutation.LocalRemoval] = 17,
        [Mutation.NoStateCopy] = 348,
        [Mutation.FreshFence] = 99,
        [Mutation.NoFence] = 99,
        [Mutation.EndlessClear] = 148,
    };
}
