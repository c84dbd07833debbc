namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>Whether a goal is met, null when a figure for it is missing; and what was found.</summary>
internal readonly record struct Verdict(bool? Met, string Found);
