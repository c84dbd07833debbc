using System.Reflection;
using System.Text;
using System.Text.Json;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Tests.Clients.CSharp;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Values;

/// <summary>One depth limit applies everywhere: the server can send everything that it accepts, and clients can read everything that it
/// sends.</summary>
[Trait("Rule", "F3")]
public sealed class DepthSpec
{
    private static readonly Topic<JsonElement> Events = new("deep");

    [Theory]
    [InlineData(0, 64)]
    [InlineData(2, 2)]
    [InlineData(128, 128)]
    [InlineData(1500, 1500)]
    public async Task JSON_may_be_nested_up_to_the_limit_of_the_application_without_the_envelope(int setting, int depth)
    {
        await using var node = await LiveNode.StartAppAsync(app => Wire(app, setting));
        var client = await node.ConnectAsync(enveloped: true);
        var isWhole = ReadByClient(app => Wire(app, setting));
        var deep = Nested(depth);

        var subscribed = await client.AskAsync("""{"action":"subscribe","id":0}""");
        Assert.Equal("""{"action":"subscribe","id":0}""", subscribed);
        foreach (var action in new[] { "echo", "node", "any", "permitted" })
        {
            var reply = await client.AskAsync($$"""{"action":"{{action}}","id":1,"data":{{deep}}}""");
            Assert.Equal($$"""{"action":"{{action}}","id":1,"data":{{deep}}}""", reply);
            Assert.True(isWhole(reply));
        }

        client.Send($$"""{"action":"publish","id":2,"data":{{deep}}}""");
        Assert.Equal($$"""{"topic":"deep","data":{{deep}}}""", await client.NextAsync());
        Assert.Equal("""{"action":"publish","id":2}""", await client.NextAsync());
        client.Send($$"""{"action":"send","id":3,"data":{{deep}}}""");
        Assert.Equal(deep, await client.NextAsync());
        Assert.Equal("""{"action":"send","id":3}""", await client.NextAsync());

        client.Send($$"""{"action":"call","id":4,"data":{{deep}}}""");
        Assert.Equal($$"""{"action":"pikku-rpc-request","id":"1","funcName":"f","data":{{deep}}}""", await client.NextAsync());
        client.Send($$"""{"action":"pikku-rpc-response","id":"1","ok":true,"result":{{deep}}}""");
        Assert.Equal($$"""{"action":"call","id":4,"data":{{deep}}}""", await client.NextAsync());
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(2, 2)]
    [InlineData(128, 128)]
    public async Task JSON_beyond_the_limit_is_an_error_for_its_sender(int setting, int depth)
    {
        await using var node = await LiveNode.StartAppAsync(app => Wire(app, setting));
        var client = await node.ConnectAsync(enveloped: true);

        Assert.Equal("BadRequestError", Reply.ErrorName(await client.AskAsync($$"""{"action":"echo","id":1,"data":{{Nested(depth + 1)}}}""")));
        // Values that the server created itself are not sent either.
        foreach (var action in new[] { "make", "makeNode", "makeSend", "makePublish" })
            Assert.Equal("InternalServerError", Reply.ErrorName(await client.AskAsync($$"""{"action":"{{action}}","id":1,"data":{{depth + 1}}}""")));
        var flat = await node.ConnectAsync("c2");
        Assert.Equal("UnprocessableContentError", Reply.ErrorName(await flat.AskAsync($$"""{"action":"echo","x":{{Nested(depth)}}}""")));
        Assert.Contains("\"x\":", await flat.AskAsync($$"""{"action":"echo","x":{{Nested(depth - 1)}}}"""), StringComparison.Ordinal);
    }

    private static void Wire(PikkuBuilder app, int maxDepth) => app
        .ConfigureJson(json => json.MaxDepth = maxDepth)
        .WireChannel("test", channel =>
        {
            channel.AllowAnonymous().MapAction("echo", (JsonElement value) => value);
            channel.MapAction("node", (System.Text.Json.Nodes.JsonNode? value) => value);
            channel.MapAction("any", (object? value) => value);
            channel.MapAction("permitted", (JsonElement value) => value).RequirePermission(PikkuPermission.Of((JsonElement data, PikkuContext _) => data.ValueKind == JsonValueKind.Array));
            channel.MapAction("subscribe", (IPikkuChannel me, IEventHub hub) => hub.SubscribeAsync(Events, me.Id));
            channel.MapAction("publish", (JsonElement value, IEventHub hub) => hub.PublishAsync(Events, value));
            channel.MapAction("send", (JsonElement value, IPikkuChannel me) => { me.TrySend(value); });
            channel.MapAction("call", async (JsonElement value, IPikkuChannel me) => await me.InvokeAsync(new ClientFunction<JsonElement, JsonElement>("f"), value));
            channel.MapAction("make", ([FromData] int depth) => Made(depth));
            channel.MapAction("makeNode", ([FromData] int depth) => System.Text.Json.Nodes.JsonNode.Parse(Nested(depth), null, new JsonDocumentOptions { MaxDepth = depth }));
            channel.MapAction("makeSend", ([FromData] int depth, IPikkuChannel me) => { me.TrySend(Made(depth)); });
            channel.MapAction("makePublish", ([FromData] int depth, IEventHub hub) => hub.PublishAsync(Events, Made(depth)));
        });

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static JsonElement Made(int depth)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(Nested(depth)), new JsonReaderOptions { MaxDepth = depth });
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>Returns how a generated client reads a message: true for JSON, false for text that it cannot parse.</summary>
    private static Func<string, bool> ReadByClient(Action<PikkuBuilder> wire)
    {
        var client = GeneratedAssembly.Load(CSharpClient.Generate(ContractOf.Wiring(wire), "Deep"));
        var json = GeneratedAssembly.JsonOf(client, "Deep");
        var parse = json.GetType().GetMethod("Parse", BindingFlags.NonPublic | BindingFlags.Instance)!.CreateDelegate<Parse>(json);
        return text => parse(Encoding.UTF8.GetBytes(text)).ValueKind == JsonValueKind.Object;
    }

    private delegate JsonElement Parse(ReadOnlySpan<byte> text);
}
