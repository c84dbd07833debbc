namespace Pikku.Akka.Functions;

/// <summary>How far the function of a call has come, as others may see it.</summary>
internal enum FunctionPhase
{
    /// <summary>It has not begun: its middleware runs, or no instance of it is free.</summary>
    Waiting,

    /// <summary>It runs and has not come back from its first part, which needs a thread.</summary>
    OnThread,

    /// <summary>It has come back, and is over or waits for something.</summary>
    OffThread,
}
