namespace Pikku.Akka.Tests.Simulation;

/// <summary>A rule of resume that a run breaks on purpose, to show that the simulator finds it.</summary>
internal enum Mutation
{
    None,
    SnapshotFirst,
    EarlyEnd,
    NoRefresh,
    ReplayLosers,
    MergeLost,
    Greatest,
}
