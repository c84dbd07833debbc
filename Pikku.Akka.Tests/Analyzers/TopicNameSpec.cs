using Pikku.Akka.Analyzers;
using Pikku.Akka.Tests.Analyzers.Keys;
using Xunit;

namespace Pikku.Akka.Tests.Analyzers;

/// <summary>PIKKU0004: the templates of topics name the properties of their keys. The analyzer says what the start says, only earlier.</summary>
public sealed class TopicNameSpec
{
    private const string Id = TopicNameAnalyzer.Id;

    private static readonly string Sources = File.ReadAllText(Repository.PathOf("Pikku.Akka.Tests", "Analyzers", "TopicKeys.cs"));

    public static TheoryData<Type, string> Families
    {
        get
        {
            var data = new TheoryData<Type, string>();
            foreach (var key in (Type[])
                [
                    typeof(Board), typeof(Card), typeof(Optional), typeof(Required), typeof(Renamed), typeof(Derived), typeof(Structured), typeof(Structure), typeof(Computed), typeof(Ignored),
                    typeof(string), typeof(int), typeof(Guid), typeof(Color),
                ])
            {
                foreach (var template in (string[])
                    [
                        "board:{boardId}", "board:{BoardId}", "board:{id}", "board:{boardId}:{cardId}", "board:{boardId}/{cardId}", "board:{b}:{c}", "board:{board}", "board", "board:{boardId", "board:boardId}",
                        "board:{}", "board:{1}", "board-{boardId}", "board:{boardId}x", "board:{boardId}:{boardId}", "{boardId}", "{{boardId}}", "board:{board id}", "",
                    ])
                    data.Add(key, template);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task The_analyzer_and_the_start_say_the_same(Type key, string template)
    {
        var problem = (string?)typeof(TopicNameSpec).GetMethod(nameof(ProblemOf), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(key).Invoke(null, [template]);
        using var code = new AnalyzedCode($$"""
            {{Sources}}

            namespace Application
            {
                static class Topics
                {
                    public static readonly Topic<{{key.FullName}}, int> One = new("{{template}}");
                }
            }
            """);

        var found = await code.AnalyzeAsync();

        if (IsLeftToTheStart(key, problem))
            Assert.DoesNotContain(found, one => one.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Contains("placeholder '{boardId}'", StringComparison.OrdinalIgnoreCase));
        else
            Assert.Equal(problem is null ? [] : [$"The topic '{template}' {problem}"], found.Select(one => Spelled(one.GetMessage(System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("new Topic<int>([|\"board:{id}\"|])")]
    [InlineData("new Topic<int>([|\" \"|])")]
    [InlineData("new StateTopic<int>([|\"board:{id}\"|])")]
    [InlineData("new PresenceTopic<int>([|\"board:{id}\"|])")]
    [InlineData("new StateTopic<string, int>([|\"board\"|])")]
    [InlineData("new PresenceTopic<string, int>([|\"board\"|])")]
    [InlineData("new Topic<string, int>([|Name|])")]
    public Task Every_kind_of_topic_is_checked(string topic) =>
        AnalyzedCode.AssertReportsAsync(Id, $"static class Topics {{ const string Name = \"board\"; public static readonly object One = {topic}; }}");

    [Theory]
    [InlineData("new Topic<int>(\"board:7\")")]
    [InlineData("new Topic<int>($\"board:{Id}\")")]
    [InlineData("new Topic<string, int>(Template())")]
    [InlineData("new List<int>()")]
    public Task A_valid_name_and_a_name_that_only_the_start_knows_are_not_reported(string topic) =>
        AnalyzedCode.AssertCleanAsync($"static class Topics {{ static int Id => 7; static string Template() => \"board\"; public static readonly object One = {topic}; }}");

    [Fact]
    public Task A_key_that_is_a_type_parameter_is_left_to_the_start() =>
        AnalyzedCode.AssertCleanAsync("static class Topics<TKey> { public static readonly Topic<TKey, int> One = new(\"board:{boardId}\"); }");

    [Theory]
    [InlineData("record Board(int BoardId)", "board:{id}", "board:{boardId}")]
    [InlineData("record Card(int BoardId, int CardId)", "board:{boardId}:{card}", "board:{boardId}:{cardId}")]
    [InlineData("record Card(int BoardId, int CardId)", "board:{boardId}", "board:{boardId}:{cardId}")]
    [InlineData("record Card(int BoardId, int CardId)", "boards/{boardId}", "boards/{boardId}/{cardId}")]
    public Task The_fix_names_the_property(string key, string template, string expected) => AnalyzedCode.AssertFixAsync(Id, Code(key, $"[|\"{template}\"|]"), Code(key, $"\"{expected}\""));

    [Theory]
    [InlineData("record Card(int BoardId, int CardId)", "board:{b}:{c}")]
    [InlineData("record Board(int BoardId)", "board-{boardId}")]
    public Task There_is_no_fix_where_the_name_could_mean_several_things(string key, string template) => AnalyzedCode.AssertNoFixAsync(Id, Code(key, $"[|\"{template}\"|]"));

    private static string Code(string key, string template) => $$"""
        public {{key}};

        static class Topics
        {
            public static readonly Topic<{{key.Split(' ', '(')[1]}}, int> One = new({{template}});
        }
        """;

    private static string? ProblemOf<TKey>(string template) => new TopicKey<TKey>(template).Problem;

    // A property that JSON reads or writes in one direction only.
    private static bool IsLeftToTheStart(Type key, string? problem) =>
        problem is not null && (key == typeof(Computed) || key == typeof(Ignored)) && !problem.Contains("braces", StringComparison.Ordinal)
        && (problem.Contains("{boardId}", StringComparison.OrdinalIgnoreCase) && problem.Contains("has no property", StringComparison.Ordinal));

    // The keywords of C# and the names of the runtime.
    private static string Spelled(string message) => message.Replace(" string is", " System.String is", StringComparison.Ordinal).Replace(" int is", " System.Int32 is", StringComparison.Ordinal)
        .Replace("property is int[]", "property is System.Int32[]", StringComparison.Ordinal);
}
