using Pikku.Akka.Benchmarks.Compare.Plan;
using Pikku.Akka.Benchmarks.Compare.Results;

namespace Pikku.Akka.Benchmarks.Compare.Report;

/// <summary>The two cells of a row for goals.</summary>
internal static class Goals
{
    public static string Text(IReadOnlyList<Goal> goals) => string.Join(", ", goals);

    /// <summary>Returns "yes", the goals that were missed, or the figures that are missing.</summary>
    public static string Met(ResultSet results, string test, IReadOnlyList<Goal> goals)
    {
        if (results.Runs(test, Contender.Ours).Any(run => !run.Ok))
            return "**no**: failed";
        var verdicts = goals.Select(goal => goal.Judge(results, test)).ToArray();
        var missed = verdicts.Where(verdict => verdict.Met == false).Select(verdict => verdict.Found).ToArray();
        var unknown = verdicts.Where(verdict => verdict.Met is null).Select(verdict => verdict.Found).ToArray();
        if (missed.Length > 0)
            return "**no**: " + string.Join(", ", missed);
        return unknown.Length > 0 ? "?: " + string.Join(", ", unknown) : "yes";
    }
}
