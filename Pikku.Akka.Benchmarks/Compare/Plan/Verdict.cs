namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>Whether a goal is met, or null if a figure for it is missing, and the figures.</summary>
internal readonly record struct Verdict(bool? Met, string Found);
