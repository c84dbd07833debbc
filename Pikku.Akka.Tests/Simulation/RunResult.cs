namespace Pikku.Akka.Tests.Simulation;

/// <summary>The outcome of one run.</summary>
/// <param name="Options">The run.</param>
/// <param name="Violation">The rule that was broken; null for none.</param>
/// <param name="Hash">The hash of all steps.</param>
/// <param name="Statistics">What happened how often.</param>
/// <param name="Faults">The schedule of faults, as text.</param>
/// <param name="Trace">All steps as text, if the run was traced.</param>
internal sealed record RunResult(
    RunOptions Options, string? Violation, ulong Hash, Statistics Statistics, IReadOnlyList<string> Faults, IReadOnlyList<string> Trace);
