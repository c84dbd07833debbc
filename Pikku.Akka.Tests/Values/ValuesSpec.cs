using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Values;

#pragma warning disable CA1720 // The names of types are the subject of this spec.

/// <summary>Every value that can be read can be written: every kind of JSON value in every place that allows it.</summary>
[Trait("Rule", "F3")]
public sealed class ValuesSpec(ValuesSpec.Node node) : IClassFixture<ValuesSpec.Node>
{
    private static readonly Topic<JsonElement> Events = new("values");
    private static readonly Topic<Holder> Holders = new("holders");

    /// <summary>The node of all tests, because its start takes longer than most of them. Each test has its own connection.</summary>
    public sealed class Node : IAsyncLifetime
    {
        private LiveNode _node = null!;
        private int _connections;

        public async Task InitializeAsync() => _node = await LiveNode.StartAsync(Wire);

        public async Task DisposeAsync() => await _node.DisposeAsync();

        internal Task<LiveConnection> ConnectAsync(bool enveloped = false) => _node.ConnectAsync($"c{++_connections}", enveloped: enveloped);
    }

    private static void Wire(ChannelBuilder channel)
    {
        channel.OnMessage((JsonElement any) => any);
        channel.MapAction("element", (JsonElement value) => value);
        channel.MapAction("node", (JsonNode? value) => Touch(value));
        channel.MapAction("object", (JsonObject value) => Touch(value));
        channel.MapAction("any", (object? value) => value);
        channel.MapAction("map", (Dictionary<string, JsonElement> value) => value);
        channel.MapAction("texts", (Dictionary<string, string> value) => value);
        channel.MapAction("text", ([FromData] string value) => value);
        channel.MapAction("char", ([FromData] char value) => value);
        channel.MapAction("holder", (Holder value) => value);
        channel.MapAction("extra", (Extra value) => value);
        channel.MapAction("numbers", (Numbers value) => value);
        channel.MapAction("double", ([FromData] double value) => value);
        channel.MapAction("float", ([FromData] float value) => value);
        channel.MapAction("half", ([FromData] Half value) => value);
        channel.MapAction("maybe", ([FromData] double? value) => value);
        channel.MapAction("list", ([FromData] List<double> value) => value);
        channel.MapAction("floats", (Dictionary<string, float> value) => value);
        channel.MapAction("keys", (Dictionary<double, int> value) => value);
        channel.MapAction("send", (JsonElement value, IPikkuChannel me) => { me.TrySend(value); });
        channel.MapAction("none", () => "done");
        channel.MapAction("allowed", () => "done").RequirePermission(PikkuPermission.Of((JsonElement data, PikkuContext _) => data.ValueKind != JsonValueKind.Undefined));
        channel.MapAction("subscribe", async (IPikkuChannel me, IEventHub hub) =>
        {
            await hub.SubscribeAsync(Events, me.Id);
            await hub.SubscribeAsync(Holders, me.Id);
        });
        channel.MapAction("publish", (JsonElement value, IEventHub hub) => hub.PublishAsync(Events, value));
        channel.MapAction("publishHolder", (Holder value, IEventHub hub) => hub.PublishAsync(Holders, value));
        channel.MapAction("call", async (IPikkuChannel me) => await me.InvokeAsync(new ClientFunction<NoData, JsonElement>("f"), default));
        channel.MapAction("callNumber", async (IPikkuChannel me) => await me.InvokeAsync(new ClientFunction<NoData, double>("f"), default));
    }

    public static TheoryData<string, string, string> NumbersBeyondTheirType => new()
    {
        { "double", "1e400", "" },
        { "double", "-1e400", "" },
        { "float", "1e39", "" },
        { "half", "1e6", "" },
        { "half", "65520", "" },
        { "maybe", "1e400", "" },
        { "list", "[1,1e400]", "[1]" },
        { "list", "\"1,1e400\"", "[1]" },
        { "floats", """{"a":1e39}""", "a" },
        { "keys", """{"1e400":1}""", "*" },
        { "numbers", """{"double":1e400}""", "double" },
        { "numbers", """{"float":1e39}""", "float" },
        { "numbers", """{"half":70000}""", "half" },
        { "numbers", """{"maybe":1e400}""", "maybe" },
        { "numbers", """{"decimal":1e29}""", "decimal" },
        { "numbers", """{"int":2147483648}""", "int" },
        { "numbers", """{"int":1.5}""", "int" },
        { "numbers", """{"long":9223372036854775808}""", "long" },
        { "numbers", """{"inner":{"inner":{"double":1e999}}}""", "inner.inner.double" },
        { "numbers", """{"list":[{"double":1},{"double":-1e309}]}""", "list[1].double" },
        { "numbers", """{"map":{"a":{"float":1e40}}}""", "map.a.float" },
        { "numbers", """{"array":[[0],[1,1e400]]}""", "array[1][1]" },
        { "numbers", """{"text":"1e400"}""", "text" },
    };

    [Theory]
    [MemberData(nameof(NumbersBeyondTheirType))]
    public async Task A_number_outside_the_range_of_its_type_is_an_error_with_its_path(string action, string data, string path)
    {
        var error = await RefusedAsync(action, data);
        if (path != "*")
            Assert.Equal(path, Assert.Single(error["details"]!.AsArray())!["path"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("element", "1e400", "1e400")]
    [InlineData("node", "1e400", "1e400")]
    [InlineData("any", "1e400", "1e400")]
    [InlineData("map", """{"a":1e400}""", """{"a":1e400}""")]
    [InlineData("double", "1.7976931348623157E+308", "1.7976931348623157E+308")]
    [InlineData("double", "5E-324", "5E-324")]
    [InlineData("double", "1e-400", "0")]
    [InlineData("double", "-0", "-0")]
    [InlineData("float", "3.4028235E+38", "3.4028235E+38")]
    [InlineData("half", "65504", "65500")]
    [InlineData("maybe", "null", "null")]
    [InlineData("numbers", """{"long":9223372036854775807,"decimal":79228162514264337593543950335,"int":-0}""", """{"long":9223372036854775807,"decimal":79228162514264337593543950335,"int":0}""")]
    [InlineData("numbers", """{"text":"1.5"}""", """{"text":"1.5"}""")]
    [InlineData("text", "\"\\ud83d\\ude42 \\u0000 \\u2028 中\"", "\"🙂 \\u0000 \u2028 中\"")]
    [InlineData("element", """{"名":"\ud83d\ude42","a\/b":"<>&'+"}""", """{"名":"🙂","a/b":"<>&'+"}""")]
    [InlineData("text", "\"\"", "\"\"")]
    [InlineData("element", "[]", "[]")]
    [InlineData("element", """{"a":1,"a":2}""", """{"a":1,"a":2}""")]
    [InlineData("texts", """{"a":"1","a":"2"}""", """{"a":"2"}""")]
    [InlineData("node", """{"a":1,"b":{"c":1,"c":2},"a":[{"d":1,"d":null}]}""", """{"a":[{"d":null}],"b":{"c":2}}""")]
    [InlineData("object", """{"a":1,"a":2}""", """{"a":2}""")]
    public async Task A_value_is_returned_unchanged(string action, string data, string expected)
    {
        var client = await node.ConnectAsync(enveloped: true);
        var reply = await client.AskAsync($$"""{"action":"{{action}}","id":1,"data":{{data}}}""");
        var start = reply.IndexOf("\"data\":", StringComparison.Ordinal);
        Assert.True(start > 0, reply);
        var value = reply[(start + 7)..^1];
        if (value.StartsWith('{') && action == "numbers")
            Assert.All(JsonNode.Parse(expected)!.AsObject(), one => Assert.Equal(one.Value?.ToJsonString(), JsonNode.Parse(value)![one.Key]?.ToJsonString()));
        else
            Assert.Equal(expected, value);
    }

    public static TheoryData<string, string, string> HalfCharacters => new()
    {
        { "element", "\"\\ud83d\"", "" },
        { "element", "\"\\ude42\"", "" },
        { "element", "\"\\ude42\\ud83d\"", "" },
        { "element", "\"\\ud83d\\ud83d\\ude42\"", "" },
        { "element", "\"\\\\\\ud83d\"", "" },
        { "element", """{"a":[0,{"b":"x\uD800y"}]}""", "a[1].b" },
        { "element", """{"a":{"\udfff":1}}""", "a.\ufffd" },
        { "node", "\"\\ud83d\"", "" },
        { "object", """{"a":"\ud83d"}""", "a" },
        { "any", "\"\\ud83d\"", "" },
        { "map", """{"\ud83d":1}""", "\ufffd" },
        { "texts", """{"\ud83d":"x"}""", "\ufffd" },
        { "texts", """{"x":"\ud83d"}""", "x" },
        { "text", "\"\\ud83d\"", "" },
        { "char", "\"\\ud83d\"", "" },
        { "holder", """{"level":"\ud83d"}""", "level" },
        { "holder", """{"text":"\ud83d"}""", "text" },
        { "holder", """{"unknown":"\ud83d"}""", "unknown" },
        { "holder", """{"\ud83d":1}""", "\ufffd" },
        { "extra", """{"more":"\ud83d"}""", "more" },
        { "extra", """{"\ud83d":1}""", "\ufffd" },
        { "send", "\"\\ud83d\"", "" },
        { "publish", "\"\\ud83d\"", "" },
        { "publishHolder", """{"any":{"\ud83d":1}}""", "any.\ufffd" },
        { "allowed", "\"\\ud83d\"", "" },
    };

    [Theory]
    [MemberData(nameof(HalfCharacters))]
    public async Task An_unpaired_surrogate_is_an_error_with_its_path(string action, string data, string path)
    {
        var error = await RefusedAsync(action, data);
        Assert.Equal(path, Assert.Single(error["details"]!.AsArray())!["path"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"action":"holder","\ud83d":1}""")]
    [InlineData("""{"action":"element","x":"\ud83d"}""")]
    [InlineData("""{"action":"\ud83d","x":1}""")]
    [InlineData("""["\ud83d"]""")]
    public async Task An_unpaired_surrogate_in_a_flat_message_or_for_the_default_handler_is_an_error_too(string message)
    {
        var client = await node.ConnectAsync();
        Assert.Equal("UnprocessableContentError", Reply.ErrorName(await client.AskAsync(message)));
    }

    [Fact]
    public async Task An_id_of_any_content_is_returned_unchanged()
    {
        var client = await node.ConnectAsync(enveloped: true);
        Assert.Equal("""{"action":"none","id":"\ud83d","data":"done"}""", await client.AskAsync("""{"action":"none","id":"\ud83d"}"""));
        Assert.Equal("""{"action":"none","id":1e400,"data":"done"}""", await client.AskAsync("""{"action":"none","id":1e400}"""));
    }

    [Theory]
    [InlineData("element")]
    [InlineData("send")]
    [InlineData("publish")]
    public async Task Text_is_sent_as_UTF8_without_escapes(string action)
    {
        var text = string.Concat(Enumerable.Repeat("中🙂é<'", 15_000));
        var client = await node.ConnectAsync(enveloped: true);
        await client.AskAsync("""{"action":"subscribe","id":0}""");

        client.Send($$"""{"action":"{{action}}","id":1,"data":"{{text}}"}""");

        var frame = await client.Client.NextAsync();
        Assert.Contains($"\"{text}\"", frame.Text, StringComparison.Ordinal);
        Assert.InRange(frame.Payload.Length, 1, Encoding.UTF8.GetByteCount(text) + 100);
    }

    [Fact]
    public async Task An_answer_of_a_client_that_cannot_be_read_is_an_error()
    {
        var client = await node.ConnectAsync(enveloped: true);
        foreach (var (action, result) in new[]
        {
            ("call", "\"\\ud83d\""), ("call", """{"\ud83d":1}"""), ("callNumber", "1e400"), ("callNumber", "\"x\""),
            ("call", new string('[', 65) + new string(']', 65)),
        })
        {
            client.Send($$"""{"action":"{{action}}","id":"x"}""");
            var request = JsonNode.Parse(await client.NextAsync())!;
            client.Send($$"""{"action":"pikku-rpc-response","id":{{request["id"]!.ToJsonString()}},"ok":true,"result":{{result}}}""");
            var reply = await client.NextAsync();
            Assert.Equal("ClientCallError", Reply.ErrorName(reply));
        }
    }

    private static JsonNode? Touch(JsonNode? node)
    {
        // Reading one property makes the node parse all of them.
        if (node is JsonObject map)
            foreach (var (_, value) in map.ToArray())
                Touch(value);
        if (node is JsonArray list)
            foreach (var item in list)
                Touch(item);
        return node;
    }

    private async Task<JsonNode> RefusedAsync(string action, string data)
    {
        var client = await node.ConnectAsync(enveloped: true);
        var text = await client.AskAsync($$"""{"action":"{{action}}","id":1,"data":{{data}}}""");
        var error = JsonNode.Parse(text)!["error"];
        Assert.True(error is not null, text);
        Assert.True("UnprocessableContentError" == error["name"]!.GetValue<string>(), text);
        return error;
    }

    [System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<Level>))]
    public enum Level
    {
        Low,
        High,
    }

    public sealed record Holder(string? Text = null, Level Level = Level.Low, JsonElement? Any = null);

    public sealed record Extra
    {
        [System.Text.Json.Serialization.JsonExtensionData]
        public Dictionary<string, JsonElement>? Rest { get; init; }
    }

#pragma warning disable CA1720 // Each property is named after the type that it shows.
    public sealed record Numbers
    {
        public double Double { get; init; }

        public float Float { get; init; }

        public Half Half { get; init; }

        public double? Maybe { get; init; }

        public decimal Decimal { get; init; }

        public int Int { get; init; }

        public long Long { get; init; }

        public Numbers? Inner { get; init; }

        public List<Numbers>? List { get; init; }

        public Dictionary<string, Numbers>? Map { get; init; }

        public double[][]? Array { get; init; }

        [System.Text.Json.Serialization.JsonNumberHandling(
            System.Text.Json.Serialization.JsonNumberHandling.AllowReadingFromString | System.Text.Json.Serialization.JsonNumberHandling.WriteAsString)]
        public double Text { get; init; }
    }
#pragma warning restore CA1720
}
