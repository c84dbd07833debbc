namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>One kind of load: the arguments of the load generator (its mode first), and what we want to reach under it.</summary>
internal sealed record Workload(string Name, string Arguments, params IReadOnlyList<Goal> Goals)
{
    /// <summary>The bytes that a message may allocate, measured in a run of its own; null where this is not looked at.</summary>
    public double? AllocationLimit { get; init; }

    public string AllocationTest => $"allocation {Name}";

    public IReadOnlyList<Goal> AllocationGoals =>
        AllocationLimit is { } limit ? [new Goal(Metric.AllocatedPerMessage, AtMost: true, limit)] : [];
}
