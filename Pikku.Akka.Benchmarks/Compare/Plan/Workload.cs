namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>One kind of load: the arguments of the load generator (mode first) and the goals for Pikku.Akka.</summary>
internal sealed record Workload(string Name, string Arguments, params IReadOnlyList<Goal> Goals)
{
    /// <summary>The maximum number of bytes that a message may allocate, measured in a separate run; null if it is not measured.</summary>
    public double? AllocationLimit { get; init; }

    /// <summary>True for work that only Pikku.Akka is measured with, because it is compared with other work of Pikku.Akka.</summary>
    public bool IsOurs { get; init; }

    public string AllocationTest => $"allocation {Name}";

    public IReadOnlyList<Goal> AllocationGoals =>
        AllocationLimit is { } limit ? [new Goal(Metric.AllocatedPerMessage, AtMost: true, limit)] : [];

    /// <summary>True when a server takes part.</summary>
    public bool Includes(Contender server) => !IsOurs || server.Name == Contender.Ours;
}
