using System.ComponentModel.DataAnnotations;
using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck.Xunit;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Values;

/// <summary>Keys of topics become names, and names of clients become keys.</summary>
[Trait("Rule", "O1")]
public sealed class TopicKeySpec
{
    private static readonly Topic<BoardKey, int> Board = new("board:{boardId}");
    private static readonly Topic<string, int> Text = new("user:{name}");
    private static readonly Topic<Wide, int> All = new("{TEXT}:{number}/{flag}:{id}/{day}:{level}/{renamed}");

    private enum Number
    {
        One = 1,
    }

    [JsonConverter(typeof(JsonStringEnumConverter<Level>))]
    private enum Level
    {
        Low,

        [JsonStringEnumMemberName("very high")]
        VeryHigh,
    }

    [Property(MaxTest = 500)]
    public void Any_text_names_a_topic_of_its_own_and_comes_back(string? text)
    {
        if (string.IsNullOrEmpty(text) || !IsWellFormed(text))
            return;
        Assert.Equal(text, Read(Text, Text.For(text).Name));
    }

    [Property(MaxTest = 500)]
    public void Any_number_comes_back(int number) => Assert.Equal(new BoardKey(number), Read(Board, Board.For(new BoardKey(number)).Name));

    [Property(MaxTest = 500)]
    public void Any_key_with_many_values_comes_back(string? text, long number, bool flag, Guid id, DateTime day, bool high)
    {
        if (string.IsNullOrEmpty(text) || !IsWellFormed(text))
            return;
        var key = new Wide(text, number, flag, id, DateOnly.FromDateTime(day), high ? Level.VeryHigh : Level.Low, 1.5m);

        Assert.Equal(key, Read(All, All.For(key).Name));
    }

    [Property(MaxTest = 1000)]
    public void A_name_that_is_accepted_is_the_name_of_its_key(string? name)
    {
        foreach (var candidate in new[] { $"board:{name}", $"board:{name?.Length}", $"board:0{name?.Length}" })
        {
            if (TryRead(Board, candidate) is { } key)
                Assert.Equal(candidate, Board.For(key).Name);
        }
    }

    [Fact]
    public void Values_are_written_as_their_JSON() => Assert.Equal(
        "a%3Ab:-7/true:01234567-89ab-cdef-0123-456789abcdef/2026-01-02:very high/2.50",
        All.For(new Wide("a:b", -7, true, Guid.Parse("0123456789abcdef0123456789abcdef"), new DateOnly(2026, 1, 2), Level.VeryHigh, 2.50m)).Name);

    [Theory]
    [InlineData("board:7", null)]
    [InlineData("board:-7", null)]
    [InlineData("board:", "boardId: is required")]
    [InlineData("board:x", "boardId: must be a number")]
    [InlineData("board:007", "topic: must be 'board:7'")]
    [InlineData("board:+7", "topic: must be 'board:7'")]
    [InlineData("board: 7", "boardId: must be a number")]
    [InlineData("board:7.0", "boardId: must be a number")]
    [InlineData("board:%37", "boardId: has a character that must be escaped, or an escape that is not needed")]
    [InlineData("board:3000000000", "boardId: must be a number")]
    [InlineData("board:null", "boardId: must be a number")]
    [InlineData("board:{x}", "boardId: has a character that must be escaped, or an escape that is not needed")]
    public void A_name_has_one_form_and_the_problem_is_told(string name, string? problem) => Assert.Equal(problem, ProblemOf(Board, name));

    [Theory]
    [InlineData("user:ann", null)]
    [InlineData("user:", "name: is required")]
    [InlineData("user:a%62", "name: has a character that must be escaped, or an escape that is not needed")]
    [InlineData("user:null", null)]
    [InlineData("user:007", null)]
    [InlineData("user:\"x\"", null)]
    public void A_text_has_one_form_and_the_problem_has_the_path_of_the_placeholder(string name, string? problem) =>
        Assert.Equal(problem, ProblemOf(Text, name));

    [Fact]
    public void A_value_that_is_missing_has_no_topic()
    {
        Assert.Throws<ArgumentNullException>(() => Text.For(null!));
        Assert.Contains("'{name}'", Assert.Throws<ArgumentException>(() => Text.For("")).Message, StringComparison.Ordinal);
        Assert.Contains("'{name}'", Assert.Throws<ArgumentException>(() => new Topic<Named, int>("n:{name}").For(new Named(null!))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_is_wrong_is_told_when_it_is_used()
    {
#pragma warning disable PIKKU0004 // the topic refuses what the analyzer reports
        var topic = new Topic<int, int>("room{id}");
#pragma warning restore PIKKU0004
        Assert.Equal("room{id}", topic.ToString());
        Assert.StartsWith("The topic 'room{id}' has the placeholder", Assert.Throws<InvalidOperationException>(() => topic.For(1)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<ChannelBuilder>> Mistakes => new()
    {
        { "channel 'c' declares the topic 'room{id}', which has the placeholder '{id}' beside other text; *", c => c.WithTopic<int, int>("room{id}") },
        { "channel 'c' declares the topic 'a:{b}', which has braces; declare a family of topics with Topic<TKey, TEvent>, or remove the braces.", c => c.WithTopic<int>("a:{b}") },
        { "channel 'c' declares the topic 'a:{b}:{c}', which has 2 placeholders, but System.Int32 is one value; *", c => c.WithTopic<int, int>("a:{b}:{c}") },
        { "channel 'c' declares the topic 'board:{id}', which has the placeholder '{id}', but the key *BoardKey has no property of that name that can be read and set; name one of its properties.", c => c.WithTopic<BoardKey, int>("board:{id}") },
        { "channel 'c' declares the topic 'a:{text}', which has no placeholder for the required property 'number' of *", c => c.WithTopic<Wide, int>("a:{text}") },
        { "channel 'c' declares the topic 'a:{list}', which has the placeholder '{list}', whose property is System.Int32[]; use a simple type such as string or int.", c => c.WithTopic<Listed, int>("a:{list}") },
        { "channel 'c' declares the topic 'a:{x}', which has the key System.Collections.Generic.List`1[System.Int32]; use a record *", c => c.WithTopic<List<int>, int>("a:{x}") },
        { "channel 'c' declares the topic 'a:{x}', which has the key System.Text.Json.JsonElement; use a record *", c => c.WithTopic<JsonElement, int>("a:{x}") },
        { "channel 'c' declares the topics 'a:{x}' and '{y}:b', which can have the same name; begin their names differently.", c => c.WithTopic<int, int>("a:{x}").WithTopic<string, int>("{y}:b") },
        { "the topic 'a:{x}' of channel 'c' has a permission that cannot be asked: the permission '*' expects System.String, but the key is System.Int32; *", c => c.AddTopic(new Topic<int, int>("a:{x}")).AllowSubscribe().RequirePermission((string text) => true) },
        { "the topic 'a:{x}' of channel 'c' requires the scope 'none', which is not declared; *", c => c.AddTopic(new Topic<int, int>("a:{x}")).AllowSubscribe().RequireScope("none") },
    };

    [Theory, MemberData(nameof(Mistakes)), Trait("Rule", "A6")]
    public void A_mistake_stops_the_start_with_the_fix(string problem, Action<ChannelBuilder> wire) =>
        Assert.Contains(Problems(app => app.WireChannel("c", wire)), found => FileSystemName.MatchesSimpleExpression(problem, found, ignoreCase: false));

    [Fact, Trait("Rule", "A6")]
    public void Names_that_ConfigureJson_changes_are_refused()
    {
        Assert.Contains(
            "the placeholder '{boardId}', but ConfigureJson gives the property",
            Assert.Single(Problems(app => app.ConfigureJson(json => json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower)
                .WireChannel("c", c => c.WithTopic<BoardKey, int>("board:{boardId}")))),
            StringComparison.Ordinal);
        Assert.Contains(
            "which ConfigureJson writes in another form than a topic",
            Assert.Single(Problems(app => app.ConfigureJson(json => json.Converters.Add(new JsonStringEnumConverter()))
                .WireChannel("c", c => c.WithTopic<Number, int>("n:{number}")))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_with_a_default_needs_no_placeholder() =>
        Assert.Equal("rooms:x", new Topic<Optional, int>("rooms:{room}").For(new Optional("x", 7)).Name);

    private static string[] Problems(Action<PikkuBuilder> wire)
    {
        try
        {
            _ = new TestNode(wire);
            return [];
        }
        catch (PikkuWiringException e)
        {
            return [.. e.Problems];
        }
    }

    private static bool IsWellFormed(string text) => !JsonText.HasLoneSurrogate(JsonSerializer.SerializeToUtf8Bytes(text))
        && text.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar);

    private static TKey Read<TKey, TEvent>(Topic<TKey, TEvent> topic, string name)
    {
        Assert.True(topic.Key.Template.TryMatch(name, out var values), name);
        return new TopicKeyReader<TKey>(topic.Key, InputOptions.Of(JsonSerializerOptions.Web)).Read(name, values);
    }

    private static TKey? TryRead<TKey, TEvent>(Topic<TKey, TEvent> topic, string name)
    {
        try
        {
            return topic.Key.Template.TryMatch(name, out _) ? Read(topic, name) : default;
        }
        catch (UnprocessableContentError)
        {
            return default;
        }
    }

    private static string? ProblemOf<TKey, TEvent>(Topic<TKey, TEvent> topic, string name)
    {
        try
        {
            Read(topic, name);
            return null;
        }
        catch (UnprocessableContentError e)
        {
            return string.Join("; ", e.Details);
        }
    }

    public sealed record BoardKey([Range(1, 100)] int BoardId);

    public sealed record Named(string Name);

    public sealed record Listed(int[] List);

    public sealed record Optional(string Room, int Limit = 3);

    private sealed record Wide(string Text, long Number, bool Flag, Guid Id, DateOnly Day, Level Level, [property: JsonPropertyName("renamed")] decimal Price);
}
