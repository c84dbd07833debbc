namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>One line of the table: what was measured, the figure, the goal, and whether it was met.</summary>
/// <param name="Work">What was measured.</param>
/// <param name="Result">The figure.</param>
/// <param name="Goal">The goal; empty for a figure without one.</param>
/// <param name="IsMet">Null for a figure without a goal.</param>
internal sealed record Finding(string Work, string Result, string Goal = "", bool? IsMet = null)
{
    public override string ToString() => $"| {Work} | {Result} | {Goal} | {(IsMet is not { } met ? "" : met ? "yes" : "**no**")} |";
}
