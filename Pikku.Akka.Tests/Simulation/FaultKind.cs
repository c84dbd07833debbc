namespace Pikku.Akka.Tests.Simulation;

internal enum FaultKind
{
    /// <summary>A process dies.</summary>
    Kill,

    /// <summary>Two processes die at once.</summary>
    KillTwo,

    /// <summary>All processes die, and one is started later.</summary>
    KillAll,

    /// <summary>A process leaves in good order.</summary>
    Leave,

    /// <summary>A process does nothing for some seconds.</summary>
    Pause,

    /// <summary>A process does nothing until it is removed, and goes on later.</summary>
    Freeze,

    /// <summary>A link is cut in one direction or both.</summary>
    Cut,

    /// <summary>A minority is cut off, and is removed or comes back.</summary>
    Partition,

    /// <summary>A node joins, often on the address of a node that has ended.</summary>
    Join,

    /// <summary>Two nodes join, while all nodes that could tell them anything end.</summary>
    Handover,

    /// <summary>The wall clock of a node is set.</summary>
    ClockStep,
}
