using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class ReplyWriterTests
{
    private const string Flat = """{"action":"echo","x":1}""";
    private static readonly int[] s_numbers = [1, 2];

    public static TheoryData<object?, Type, string> FlatReplies => new()
    {
        { new Todo(1, "x"), typeof(Todo), """{"id":1,"title":"x","action":"echo"}""" },
        { new Empty(), typeof(Empty), """{"action":"echo"}""" },
        { "hello", typeof(string), """{"action":"echo","result":"hello"}""" },
        { "", typeof(string), """{"action":"echo","result":""}""" },
        { 0, typeof(int), """{"action":"echo","result":0}""" },
        { true, typeof(bool), """{"action":"echo","result":true}""" },
        { null, typeof(Todo), """{"action":"echo","result":null}""" },
        { s_numbers, typeof(int[]), """{"action":"echo","result":[1,2]}""" },
        { Array.Empty<Todo>(), typeof(Todo[]), """{"action":"echo","result":[]}""" },
        { new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc), typeof(DateTime), """{"action":"echo","result":"2020-01-02T03:04:05Z"}""" },
        { new Todo(1, "x"), typeof(object), """{"id":1,"title":"x","action":"echo"}""" },
        { 5, typeof(object), """{"action":"echo","result":5}""" },
        { new Own("mine", 1), typeof(Own), """{"v":1,"action":"echo"}""" },
        { new Own("mine", 1), typeof(object), """{"v":1,"action":"echo"}""" },
        { new Special(), typeof(Shape), """{"action":"echo"}""" },
        { new Dictionary<string, int> { ["action"] = 1, ["command"] = 2 }, typeof(Dictionary<string, int>), """{"command":2,"action":"echo"}""" },
        { new Dictionary<string, int> { ["action"] = 1 }, typeof(Dictionary<string, int>), """{"action":"echo"}""" },
        { new Extended { More = new() { ["action"] = JsonDocument.Parse("[1]").RootElement } }, typeof(Extended), """{"action":"echo"}""" },
        { new Raw(""" { "\u0061ction":1, "x":2 }  """), typeof(Raw), """{"x":2,"action":"echo"}""" },
        { new Todo(1, "the \"action\""), typeof(object), """{"id":1,"title":"the \"action\"","action":"echo"}""" },
    };

    [Theory, Trait("Rule", "C1")]
    [MemberData(nameof(FlatReplies))]
    public void A_flat_reply_is_the_object_or_the_result_with_the_routing_key(object? value, Type type, string expected) =>
        Lab.AssertJson(expected, Lab.Reply(Flat, value, type));

    [Theory, Trait("Rule", "C1")]
    [InlineData("""{"a":1}""", """{"a":1,"action":"echo"}""")]
    [InlineData(" {\"a\":1 }\n", """{"a":1,"action":"echo"}""")]
    [InlineData("{ }", """{"action":"echo"}""")]
    [InlineData("""{"action":{"action":1},"a":{"action":2}}""", """{"a":{"action":2},"action":"echo"}""")]
    [InlineData("""{"\u0061ction":1}""", """{"action":"echo"}""")]
    [InlineData("[1]", """{"action":"echo","result":[1]}""")]
    [InlineData("null", """{"action":"echo","result":null}""")]
    [InlineData("\"x\"", """{"action":"echo","result":"x"}""")]
    public void Encoded_JSON_and_nodes_are_replied_like_values(string json, string expected)
    {
        Lab.AssertJson(expected, Lab.ReplyJson(Flat, json));
        Lab.AssertJson(expected, Lab.Reply(Flat, JsonNode.Parse(json), typeof(JsonNode)));
    }

    [Fact, Trait("Rule", "C1")]
    public void A_missing_result_is_acknowledged_with_only_the_routing_key()
    {
        Assert.Equal("""{"action":"echo"}""", Lab.Acknowledge(Flat));
        Assert.Equal("""{"command":"run"}""", Lab.Acknowledge("""{"command":"run"}"""));
    }

    [Fact, Trait("Rule", "C1")]
    public void The_routing_property_follows_the_properties_of_the_object() =>
        Assert.Equal("""{"id":1,"title":"x","action":"echo"}""", Lab.Reply(Flat, new Todo(1, "x"), typeof(Todo)));

    [Theory, Trait("Rule", "C2")]
    [InlineData("""{"action":"echo","data":{}}""", """{"action":"echo","data":{"id":1,"title":"x"}}""")]
    [InlineData("""{"action":"echo","id":7.0,"data":{}}""", """{"action":"echo","id":7.0,"data":{"id":1,"title":"x"}}""")]
    [InlineData("""{"id":"\u0061","\u0061ction":"\u0065cho","data":{}}""", """{"action":"\u0065cho","id":"\u0061","data":{"id":1,"title":"x"}}""")]
    [InlineData("""{"command":"run","id":1e2,"data":{}}""", """{"command":"run","id":1e2,"data":{"id":1,"title":"x"}}""")]
    public void An_enveloped_reply_echoes_key_and_id_unchanged(string message, string expected)
    {
        Assert.Equal(expected, Lab.Reply(message, new Todo(1, "x"), typeof(Todo)));
        Assert.Equal(expected, Lab.ReplyJson(message, """{"id":1,"title":"x"}"""));
    }

    [Fact, Trait("Rule", "C2")]
    public void A_missing_result_has_no_data_and_null_has()
    {
        const string message = """{"action":"echo","id":1,"data":null}""";

        Assert.Equal("""{"action":"echo","id":1}""", Lab.Acknowledge(message));
        Assert.Equal("""{"action":"echo","id":1,"data":null}""", Lab.Reply(message, null, typeof(Todo)));
    }

    [Fact, Trait("Rule", "C2")]
    public void Bytes_are_base64_in_an_envelope()
    {
        const string message = """{"action":"echo","data":{}}""";
        byte[] bytes = [1, 2, 3];

        Assert.Equal("""{"action":"echo","data":"AQID"}""", Lab.Reply(message, bytes, typeof(byte[])));
        Assert.Equal("""{"action":"echo","data":"AQID"}""", Lab.Reply(message, (ReadOnlyMemory<byte>)bytes, typeof(ReadOnlyMemory<byte>)));
    }

    [Fact, Trait("Rule", "B4")]
    public void A_number_that_named_the_action_is_returned_as_a_number() =>
        Assert.Equal("""{"action":1}""", Lab.Acknowledge("""{"action":1}"""));

    [Theory]
    [InlineData("ké\"y")]
    [InlineData("$type")]
    [InlineData("a.b")]
    public void A_routing_key_may_have_any_name(string name)
    {
        var routes = new RoutingTable.Builder().Add(name, "v", 0).Build();
        var message = new JsonObject { [name] = "v" }.ToJsonString();
        var value = new Dictionary<string, int> { [name] = 1 };

        Lab.AssertJson(message, Lab.Reply(message, value, value.GetType(), routes));
    }

    [Fact, Trait("Rule", "C3")]
    public void A_message_is_raw_text_for_a_string_and_JSON_otherwise()
    {
        Assert.Equal("raw \"string\" €", Lab.Message("raw \"string\" €", typeof(string)));
        Assert.Equal("\uFFFD", Lab.Message("\ud800", typeof(string)));
        Assert.Equal("", Lab.Message("", typeof(string)));
        Assert.Equal("7", Lab.Message(7, typeof(int)));
        Assert.Equal("null", Lab.Message(null, typeof(Todo)));
        Assert.Equal("""{"id":1,"title":"x"}""", Lab.Message(new Todo(1, "x"), typeof(Todo)));
    }

    [Fact, Trait("Rule", "I3")]
    public void A_result_that_answers_no_action_is_sent_unwrapped()
    {
        Assert.Equal("""{"id":1,"title":"x"}""", Lab.Reply("""{"x":1}""", new Todo(1, "x"), typeof(Todo)));
        Assert.Equal("[1]", Lab.ReplyJson("5", " [1] "));
    }

    [Fact]
    public void A_reply_larger_than_any_first_buffer_is_whole()
    {
        var values = Enumerable.Range(0, 50_000).ToArray();

        Assert.Equal($$"""{"action":"echo","result":[{{string.Join(',', values)}}]}""", Lab.Reply(Flat, values, typeof(int[])));
        Lab.AssertJson(
            $$"""{"values":[{{string.Join(',', values)}}],"action":"echo"}""",
            Lab.Reply(Flat, new Dictionary<string, object> { ["action"] = values, ["values"] = values }, typeof(Dictionary<string, object>)));
    }

    private sealed record Todo(int Id, string Title);

    private sealed record Empty;

    private sealed record Own(string Action, int V);

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "action"), JsonDerivedType(typeof(Special), "special")]
    private record Shape;

    private sealed record Special : Shape;

    private sealed class Extended
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement> More { get; init; } = [];
    }

    [JsonConverter(typeof(RawConverter))]
    private sealed record Raw(string Json);

    private sealed class RawConverter : JsonConverter<Raw>
    {
        public override Raw Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Raw value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json.Trim());
    }
}
