using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Pikku.Akka.Tests.Architecture;

/// <summary>The rule codes in tests, scenarios, sources and pages are defined in the table of <c>docs/protocol.md</c>.</summary>
public sealed partial class RulesSpec
{
    private static readonly string Protocol = File.ReadAllText(Repository.PathOf("docs", "protocol.md"));

    private static readonly string[] Defined = [.. DefinitionPattern().Matches(Protocol).Select(match => match.Groups["rule"].Value)];

    [Fact]
    public void Every_rule_is_defined_once_and_in_one_sentence()
    {
        Assert.NotEmpty(Defined);
        Assert.Equal(Defined.Distinct(), Defined);
        Assert.All(DefinitionPattern().Matches(Protocol), match => Assert.EndsWith(".", match.Groups["text"].Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_of_a_test_is_defined() =>
        Assert.Empty(Undefined(Repository.Sources("Pikku.Akka.Tests"), TraitPattern()));

    [Fact]
    public void Every_rule_of_a_source_is_defined() =>
        Assert.Empty(Undefined([.. Repository.Sources("Pikku.Akka"), .. Repository.Sources("extensions")], MentionPattern()));

    [Fact]
    public void Every_rule_in_brackets_on_the_page_is_defined() =>
        Assert.Empty(Undefined([Repository.PathOf("docs", "protocol.md")], BracketPattern()));

    [Fact]
    public void Every_rule_of_a_scenario_is_defined()
    {
        var scenarios = Directory.GetFiles(Repository.PathOf("Pikku.Akka.Tests", "Conformance", "Scenarios"), "*.json");

        Assert.Empty(
            from file in scenarios
            from rule in Rules(file)
            where !Defined.Contains(rule)
            select $"{Path.GetFileName(file)}: {rule}");
    }

    private static IEnumerable<string> Rules(string scenario)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(scenario));
        return document.RootElement.TryGetProperty("rules", out var rules) ? [.. rules.EnumerateArray().Select(rule => rule.GetString()!)] : [];
    }

    private static IEnumerable<string> Undefined(IEnumerable<string> files, Regex pattern) =>
        from file in files
        from match in pattern.Matches(File.ReadAllText(file))
        from rule in CodePattern().Matches(match.Groups["rules"].Value)
        where !Defined.Contains(rule.Value)
        select $"{Repository.Relative(file)}: {rule.Value}";

    [GeneratedRegex(@"^\| (?<rule>[A-Z]\d{0,2}) \| (?<text>[^|]+) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex DefinitionPattern();

    [GeneratedRegex(@"Trait\(""Rule"", ""(?<rules>[^""]+)""\)")]
    private static partial Regex TraitPattern();

    // As comments write them: (rule B3), (rules B4, C1–C3), (I1).
    [GeneratedRegex(@"\((?:[Rr]ules? )?(?<rules>[A-Z]\d{1,2}(?:(?:, |–)[A-Z]\d{1,2})*)\)")]
    private static partial Regex MentionPattern();

    [GeneratedRegex(@"\[(?<rules>[A-Z]\d{1,2}(?:, [A-Z]\d{1,2})*)\]")]
    private static partial Regex BracketPattern();

    [GeneratedRegex(@"[A-Z]\d{0,2}")]
    private static partial Regex CodePattern();
}
