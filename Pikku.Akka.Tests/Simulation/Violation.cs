namespace Pikku.Akka.Tests.Simulation;

/// <summary>A rule that a run has broken.</summary>
internal sealed class Violation(string message) : Exception(message);
