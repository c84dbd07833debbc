namespace Pikku.Akka.Functions;

/// <summary>The progress of the function of a call. Other threads read it.</summary>
internal enum FunctionPhase
{
    /// <summary>The function has not started: its middleware runs, or no instance of it is free.</summary>
    Waiting,

    /// <summary>The synchronous part of the function runs and occupies a thread.</summary>
    OnThread,

    /// <summary>The synchronous part has returned. The function is complete or awaits an operation.</summary>
    OffThread,
}
