using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.EventHub;
using Xunit;

namespace Pikku.Akka.Tests.EventHub;

public sealed class DeclaredTopicsSpec
{
    private readonly DeclaredTopics _topics = new([
        new TopicDeclaration<string>(new Topic<string>("news")),
        new TopicDeclaration<string, int>(new Topic<string, int>("room:{id}")),
        new TopicDeclaration<Part, string>(new Topic<Part, string>("room:{id}:{name}")),
        new TopicDeclaration<byte[]>(new Topic<byte[]>("blobs")),
        new TopicDeclaration<string, JsonElement>(new Topic<string, JsonElement>("{topic}")),
    ], TimeSpan.FromMinutes(10));

    [Theory]
    [InlineData("news")]
    [InlineData("room:1:2")]
    [InlineData("other")]
    [InlineData("room:")]
    public void A_string_may_be_used_where_one_or_nothing_is_declared(string topic) => _topics.Check(topic, TypeOf<string>());

    [Theory]
    [InlineData("news", "news")]
    [InlineData("room:1:2", "room:{id}:{name}")]
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
    [InlineData("room:%3A")]
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

    private sealed record Part(string Id, string Name);

    private static TopicType<T> TypeOf<T>() => TopicType<T>.For(JsonSerializerOptions.Web);
}
