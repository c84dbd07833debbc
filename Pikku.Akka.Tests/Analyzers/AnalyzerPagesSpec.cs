using System.Globalization;
using Microsoft.CodeAnalysis;
using Pikku.Akka.Tests.Docs;
using Xunit;

namespace Pikku.Akka.Tests.Analyzers;

/// <summary>Each rule has a page, whose first example it reports and whose second example no rule reports.</summary>
public sealed class AnalyzerPagesSpec
{
    private static readonly string Examples = File.ReadAllText(Repository.PathOf("Pikku.Akka.Tests", "Docs", "Snippets", "AnalyzerExamples.cs"));
    private static readonly Lazy<Task<Diagnostic[]>> Reported = new(AnalyzeAsync);

    public static TheoryData<string> Ids => new(AnalyzedCode.Rules.Select(rule => rule.Id).Distinct());

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_has_a_page_with_its_title_category_and_suppression(string id)
    {
        var rule = AnalyzedCode.Rules.Single(one => one.Id == id);
        var page = File.ReadAllText(Repository.PathOf("docs", "analyzers", $"{id}.md"));

        Assert.EndsWith($"docs/analyzers/{id}.md", rule.HelpLinkUri, StringComparison.Ordinal);
        Assert.StartsWith($"# {id}: {rule.Title.ToString(CultureInfo.InvariantCulture)}\n", page, StringComparison.Ordinal);
        Assert.Contains($"| category | {rule.Category} |", page, StringComparison.Ordinal);
        Assert.Contains($"#pragma warning disable {id}", page, StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Warning, rule.DefaultSeverity);
        Assert.Contains(MarkdownPage.Open(Repository.PathOf("docs", "analyzers", "README.md")).Links, link => link.Target == $"{id}.md");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_rule_reports_the_first_example_of_its_page_and_not_the_second(string id)
    {
        Assert.Equal([id], await ReportedInAsync($"{id} wrong"));
        Assert.Empty(await ReportedInAsync($"{id} right"));
    }

    private static async Task<IEnumerable<string>> ReportedInAsync(string region)
    {
        var start = Examples.IndexOf($"#region {region}\n", StringComparison.Ordinal);
        var end = Examples.IndexOf("#endregion", start, StringComparison.Ordinal);
        return (await Reported.Value).Where(one => one.Location.SourceSpan.Start > start && one.Location.SourceSpan.End < end).Select(one => one.Id);
    }

    private static async Task<Diagnostic[]> AnalyzeAsync()
    {
        using var code = new AnalyzedCode(Examples);
        return [.. await code.AnalyzeAsync()];
    }
}
