using System.Text;
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
    private static readonly ReplyWriter s_writer = new(Lab.Json);

    public static TheoryData<object?, Type, string> FlatReplies => new()
    {
        { new Todo(1, "x"), typeof(Todo), """{"id":1,"title":"x","action":"echo"}""" },
        { new Empty(), typeof(Empty), """{"action":"echo"}""" },
        { "hello", typeof(string), """{"action":"echo","result":"hello"}""" },
        { "", typeof(string), """{"action":"echo","result":""}""" },
        { 0, typeof(int), """{"action":"echo","result":0}""" },
        { true, typeof(bool), """{"action":"echo","result":true}""" },
        { null, typeof(Todo), """{"action":"echo","result":null}""" },
        { null, typeof(byte[]), """{"action":"echo","result":null}""" },
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
    public void A_flat_reply_is_the_object_or_the_result_with_the_routing_key(object? value, Type type, string expected)
    {
        var to = Lab.Correlate(Flat);

        var reply = s_writer.Reply(to, value, new ReplyType(Lab.Json.GetTypeInfo(type), to.Key)).Text();

        Lab.AssertJson(expected, reply);
    }

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
        var to = Lab.Correlate(Flat);

        Lab.AssertJson(expected, s_writer.Reply(to, Encoding.UTF8.GetBytes(json)).Text());
        Lab.AssertJson(expected, s_writer.Reply(to, JsonNode.Parse(json)).Text());
    }

    [Fact, Trait("Rule", "C1")]
    public void Nothing_is_acknowledged_with_the_routing_key_alone()
    {
        var to = Lab.Correlate(Flat);

        Assert.Equal("""{"action":"echo"}""", s_writer.Reply(to, null, ReplyType.Void).Text());
        Assert.Equal("""{"action":"echo"}""", s_writer.Reply(to, default(None), new ReplyType(Lab.Json.GetTypeInfo(typeof(None)), to.Key)).Text());
    }

    [Fact, Trait("Rule", "C1")]
    public void Bytes_are_a_binary_frame_in_the_flat_form_and_base64_in_the_envelope()
    {
        byte[] bytes = [1, 2, 3];
        var flat = Lab.Correlate(Flat);
        var enveloped = Lab.Correlate("""{"action":"echo","data":{}}""");
        var type = new ReplyType(Lab.Json.GetTypeInfo(typeof(byte[])), flat.Key);
        var memory = new ReplyType(Lab.Json.GetTypeInfo(typeof(ReadOnlyMemory<byte>)), flat.Key);

        Assert.Equal(bytes, s_writer.Reply(flat, bytes, type).Bytes());
        Assert.Equal(bytes, s_writer.Reply(flat, (ReadOnlyMemory<byte>)bytes, memory).Bytes());
        Assert.Equal("""{"action":"echo","data":"AQID"}""", s_writer.Reply(enveloped, bytes, type).Text());
        Assert.Equal("""{"action":"echo","data":"AQID"}""", s_writer.Reply(enveloped, (ReadOnlyMemory<byte>)bytes, memory).Text());
    }

    [Theory, Trait("Rule", "C2")]
    [InlineData("""{"action":"echo","data":{}}""", """{"action":"echo","data":{"id":1,"title":"x"}}""")]
    [InlineData("""{"action":"echo","id":7.0,"data":{}}""", """{"action":"echo","id":7.0,"data":{"id":1,"title":"x"}}""")]
    [InlineData("""{"id":"\u0061","\u0061ction":"\u0065cho","data":{}}""", """{"action":"\u0065cho","id":"\u0061","data":{"id":1,"title":"x"}}""")]
    [InlineData("""{"command":"run","id":1e2,"data":{}}""", """{"command":"run","id":1e2,"data":{"id":1,"title":"x"}}""")]
    public void An_enveloped_reply_echoes_key_and_id_as_they_came(string message, string expected)
    {
        var to = Lab.Correlate(message);

        Assert.Equal(expected, s_writer.Reply(to, new Todo(1, "x"), new ReplyType(Lab.Json.GetTypeInfo(typeof(Todo)), to.Key)).Text());
        Assert.Equal(expected, s_writer.Reply(to, """{"id":1,"title":"x"}"""u8).Text());
        Assert.Equal(expected, s_writer.Reply(to, JsonNode.Parse("""{"id":1,"title":"x"}""")).Text());
    }

    [Fact, Trait("Rule", "C2")]
    public void Nothing_has_no_data_and_null_has()
    {
        var to = Lab.Correlate("""{"action":"echo","id":1,"data":null}""");

        Assert.Equal("""{"action":"echo","id":1}""", s_writer.Reply(to, null, ReplyType.Void).Text());
        Assert.Equal("""{"action":"echo","id":1,"data":null}""", s_writer.Reply(to, (JsonNode?)null).Text());
    }

    [Fact, Trait("Rule", "B4")]
    public void A_number_that_named_the_action_comes_back_as_a_number() =>
        Assert.Equal("""{"action":1}""", s_writer.Acknowledge(Lab.Correlate("""{"action":1}""")).Text());

    [Fact]
    public void A_routing_key_that_needs_escapes_is_escaped()
    {
        var routes = new RoutingTable([("ké\"y", [new("v")])]);
        var to = Lab.Correlate("""{"ké\"y":"v"}""", routes: routes);
        var type = new ReplyType(Lab.Json.GetTypeInfo(typeof(Dictionary<string, int>)), to.Key);

        Lab.AssertJson("""{"ké\"y":"v"}""", s_writer.Reply(to, new Dictionary<string, int> { ["ké\"y"] = 1 }, type).Text());
    }

    [Fact, Trait("Rule", "C3")]
    public void A_message_is_raw_text_for_a_string_binary_for_bytes_and_JSON_otherwise()
    {
        Assert.Equal("raw \"string\" €", s_writer.Message("raw \"string\" €", Lab.Json.GetTypeInfo(typeof(string))).Text());
        Assert.Equal("hi", s_writer.Message(JsonValue.Create("hi")).Text());
        Assert.Equal("\uFFFD", s_writer.Text("\ud800").Text());
        Assert.Equal([9, 8], s_writer.Message(new byte[] { 9, 8 }, Lab.Json.GetTypeInfo(typeof(byte[]))).Bytes());
        Assert.Equal("7", s_writer.Message(7, Lab.Json.GetTypeInfo(typeof(int))).Text());
        Assert.Equal("null", s_writer.Message((JsonNode?)null).Text());
        Assert.Equal("""{"id":1,"title":"x"}""", s_writer.Message(new Todo(1, "x"), Lab.Json.GetTypeInfo(typeof(Todo))).Text());
    }

    [Fact, Trait("Rule", "I3")]
    public void A_result_that_answers_no_action_is_sent_unwrapped()
    {
        Assert.Equal("hi", s_writer.Reply(default, "hi", new ReplyType(Lab.Json.GetTypeInfo(typeof(string)), null)).Text());
        Assert.Equal("""{"id":1,"title":"x"}""", s_writer.Reply(default, new Todo(1, "x"), new ReplyType(Lab.Json.GetTypeInfo(typeof(Todo)), null)).Text());
        Assert.Equal("[1]", s_writer.Reply(default, "[1]"u8).Text());
    }

    [Fact]
    public void A_reply_larger_than_any_first_buffer_is_whole()
    {
        var to = Lab.Correlate(Flat);
        var values = Enumerable.Range(0, 50_000).ToArray();

        var reply = s_writer.Reply(to, values, new ReplyType(Lab.Json.GetTypeInfo(typeof(int[])), to.Key)).Text();

        Assert.Equal($$"""{"action":"echo","result":[{{string.Join(',', values)}}]}""", reply);
    }

    [Theory]
    [InlineData(typeof(Todo), false)]
    [InlineData(typeof(Own), true)]
    [InlineData(typeof(object), true)]
    [InlineData(typeof(Shape), true)]
    [InlineData(typeof(Extended), true)]
    [InlineData(typeof(Dictionary<string, int>), true)]
    public void Only_types_that_may_hold_the_key_are_searched_for_it(Type type, bool searched) =>
        Assert.Equal(searched, new ReplyType(Lab.Json.GetTypeInfo(type), Lab.Routes.Tracked[0]).MayHoldKey);

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
