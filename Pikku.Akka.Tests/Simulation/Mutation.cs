namespace Pikku.Akka.Tests.Simulation;

/// <summary>A rule of resume that a run breaks on purpose, to show that the simulator finds it.</summary>
internal enum Mutation
{
    None,

    /// <summary>Jump over a hole between nodes, as a hub without history does.</summary>
    NoRepair,

    /// <summary>A beat does not say how far its sender has come.</summary>
    NoTail,

    /// <summary>Nodes do not compare the logs of removed members.</summary>
    NoAgreement,

    /// <summary>They compare them once only, at the removal.</summary>
    OneShot,

    /// <summary>The log of a member is known only from the first message on.</summary>
    LaneOnBatch,

    /// <summary>A removed member's log is forgotten at once.</summary>
    ForgetClosed,

    /// <summary>What nobody has any more is jumped over in silence.</summary>
    GapSkip,

    /// <summary>A joiner copies nothing.</summary>
    NoTransfer,

    /// <summary>A joiner starts each origin with the first batch it has received.</summary>
    FirstHeard,

    /// <summary>A joiner continues from where its source stood at the end of the copy.</summary>
    EndCut,

    /// <summary>A copy continues from another source.</summary>
    MixSources,

    /// <summary>A joiner copies from any member, ready or not.</summary>
    CopyUnready,

    /// <summary>Copied events are sorted by age alone.</summary>
    SortByAge,

    /// <summary>The picture is taken while a batch is open.</summary>
    OpenBatch,

    /// <summary>Chunks are read as the source stands when each one is asked for.</summary>
    FuzzyCopy,

    /// <summary>Each chunk is taken over as it arrives.</summary>
    MergeAtOnce,

    /// <summary>The copy does not say what has been evicted already.</summary>
    NoFloor,

    /// <summary>A node that finds nobody ready begins a history although older members may be ready.</summary>
    FoundEarly,

    /// <summary>The oldest node begins a history when no beat said ready, without asking.</summary>
    FoundByBeats,

    /// <summary>A node that copies does not answer nodes that copy from it.</summary>
    CopyRefused,

    /// <summary>Copied state is merged before the copied events.</summary>
    StateFirst,

    /// <summary>A new life begins at the first number that is received from it.</summary>
    LateStart,

    /// <summary>Replay begins with the event of the position.</summary>
    Inclusive,

    /// <summary>Replay begins one event too late.</summary>
    SkipsFirst,

    /// <summary>What is left is replayed as complete.</summary>
    Partial,

    /// <summary>An unknown origin in a position is ignored.</summary>
    UnknownAsZero,

    /// <summary>A client that knows more than the node is answered complete.</summary>
    AheadOk,

    /// <summary>A reply lists origins that are about to be forgotten.</summary>
    ListAll,

    /// <summary>The position does not name the history.</summary>
    NoHistoryId,

    /// <summary>A position has no age.</summary>
    NoAgeCheck,

    /// <summary>The numbers of an idle origin are forgotten too early.</summary>
    ForgetEarly,

    /// <summary>Numbers are remembered no longer than they are listed.</summary>
    ShortMemory,

    /// <summary>An origin begins again at 1 for a topic that was idle.</summary>
    CounterReset,

    /// <summary>The origin is the address, not the life.</summary>
    SameOrigin,

    /// <summary>Of two lives of one address, the one with the later clock wins.</summary>
    ClockLife,

    /// <summary>The client keeps the greatest number, over a hole.</summary>
    Greatest,

    /// <summary>The client merges its position after lost.</summary>
    MergeLost,

    /// <summary>The reply to a resume has the position after the replay.</summary>
    EarlyEnd,

    /// <summary>An outbox that dropped events does not say so.</summary>
    NoRefresh,

    /// <summary>The snapshot is loaded before the position is taken.</summary>
    SnapshotFirst,

    /// <summary>Replicated counts what is held back, and joiners.</summary>
    AckReceipt,

    /// <summary>State is stamped by the wall clock.</summary>
    WallClock,

    /// <summary>A joiner does not advance its hybrid clock by what it copies.</summary>
    CopyClock,

    /// <summary>A removal leaves nothing behind.</summary>
    NoTombstone,

    /// <summary>Replay hands out values that were overwritten.</summary>
    ReplayLosers,

    /// <summary>The entries of a dead node are removed with a new stamp.</summary>
    FreshRemoval,

    /// <summary>Each node drops the entries of a dead node by itself, without an event.</summary>
    LocalRemoval,

    /// <summary>Removals are not copied to a joiner.</summary>
    NoStateCopy,

    /// <summary>A session is written with the last clear that its node knows, and not with that of its login.</summary>
    FreshFence,

    /// <summary>A session does not say which clear its login knew.</summary>
    NoFence,

    /// <summary>A node that remembers a clear for longer than another one refuses what that one has written after it.</summary>
    EndlessClear,
}
