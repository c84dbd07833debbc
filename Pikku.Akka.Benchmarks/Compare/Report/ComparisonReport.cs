using System.Text;
using Pikku.Akka.Benchmarks.Compare.Results;

namespace Pikku.Akka.Benchmarks.Compare.Report;

/// <summary>The whole page, from the machine to the notes.</summary>
internal sealed class ComparisonReport(CompareOptions options, ResultSet results, IReadOnlyList<string> servers)
{
    public override string ToString()
    {
        var summary = new SummaryTables(options, results, servers);
        var text = new StringBuilder().AppendLine(Machine.Describe(options)).AppendLine();
        if (options.Tests.Count > 0)
            text.AppendLine(summary.Load());
        text.Append(summary.Single());
        if (results.Failures.Count > 0)
            text.AppendLine().AppendLine($"**{results.Failures.Count} runs failed a check; their figures are omitted.**");
        if (results.Notes.Count > 0)
            text.AppendLine().AppendJoin("\n", results.Notes.Select(note => "- " + note)).AppendLine();
        if (options.Tests.Count > 0)
            text.AppendLine().AppendLine("## Each test").Append(new DetailTables(options, results, servers));
        return text.ToString();
    }
}
