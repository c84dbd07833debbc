using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.EventHub;
using Xunit;

namespace Pikku.Akka.Tests.EventHub;

public sealed class DeclaredTopicsSpec
{
    private readonly DeclaredTopics _topics = new([
        new TopicDeclaration("news", typeof(string)),
        new TopicDeclaration("room:{id}", typeof(int)),
        new TopicDeclaration("room:{id}:{part}.log", typeof(string)),
        new TopicDeclaration("blobs", typeof(byte[])),
        new TopicDeclaration("{topic}", typeof(JsonElement)),
    ]);

    [Theory]
    [InlineData("news")]
    [InlineData("room:1:2.log")]
    [InlineData("other")]
    [InlineData("room:")]
    public void A_string_may_be_used_where_one_or_nothing_is_declared(string topic) => _topics.Check(topic, TypeOf<string>());

    [Theory]
    [InlineData("news", "news")]
    [InlineData("room:1:2.log", null)]
    [InlineData("room:1", null)]
    [InlineData("blobs", "blobs")]
    public void A_number_may_not_be_used_where_something_else_is_declared(string topic, string? declared)
    {
        if (declared is null)
        {
            _topics.Check(topic, TypeOf<int>());
            return;
        }

        var e = Assert.Throws<EventHubException>(() => _topics.Check(topic, TypeOf<int>()));
        Assert.Equal(EventHubErrorReason.TypeMismatch, e.Reason);
        Assert.Contains($"'{declared}'", e.Message, StringComparison.Ordinal);
        Assert.Contains("System.Int32", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("room:1")]
    [InlineData("room:1.log")]
    public void A_family_has_its_type_for_every_name_that_belongs_to_it(string topic)
    {
        var e = Assert.Throws<EventHubException>(() => _topics.Check(topic, TypeOf<Uri>()));
        Assert.Contains("'room:{id}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_are_one_type_and_JSON_of_whatever_kind_goes_with_every_one()
    {
        _topics.Check("blobs", TypeOf<ReadOnlyMemory<byte>>());
        _topics.Check("news", TypeOf<JsonElement>());
        _topics.Check("news", TypeOf<JsonObject>());
        _topics.Check("news", TypeOf<object>());
    }

    [Theory]
    [InlineData("room:{id}", "room:1", true)]
    [InlineData("room:{id}", "room:", false)]
    [InlineData("room:{id}", "rooms:1", false)]
    [InlineData("{a}-{b}", "x-y", true)]
    [InlineData("{a}-{b}", "-y", false)]
    [InlineData("{a}-{b}", "x-", false)]
    [InlineData("{a}-{b}", "--y", true)]
    [InlineData("{a}", "x", true)]
    [InlineData("a{x}a", "aa", false)]
    [InlineData("a{x}a", "aaa", true)]
    [InlineData("{a}{b}", "xy", true)]
    [InlineData("{a}{b}", "x", false)]
    [InlineData("open{", "open{", false)]
    public void Parts_in_braces_stand_for_any_text(string pattern, string topic, bool matches) =>
        Assert.Equal(matches, new TopicPattern(pattern).Matches(topic));

    private static TopicType<T> TypeOf<T>() => TopicType<T>.For(JsonSerializerOptions.Web);
}
