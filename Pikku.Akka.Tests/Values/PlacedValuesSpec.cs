using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Tests.Cluster;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Values;

/// <summary>A function that runs on another node receives and returns the same values as one that runs locally.</summary>
[Trait("Rule", "F3")]
public sealed class PlacedValuesSpec : IAsyncLifetime
{
    private TwoNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await TwoNodes.StartAsync(
        app => app.WireChannel("test", channel =>
        {
            channel.AllowAnonymous().MapAction("element", FunctionDescriptor.FromDelegate("element", (JsonElement value) => value));
            channel.MapAction("node", FunctionDescriptor.FromDelegate("node", (JsonNode? value) => value));
            channel.MapAction("double", FunctionDescriptor.FromDelegate("double", ([FromData] double value) => value));
            channel.MapAction("text", FunctionDescriptor.FromDelegate("text", ([FromData] string value) => value));
            channel.MapAction("computed", FunctionDescriptor.FromDelegate("computed", () => new FormSpec.Mismatched(7)));
            channel.MapAction("interface", FunctionDescriptor.FromDelegate("interface", () => (FormSpec.INamed)new FormSpec.Named("n")));
            channel.MapAction("anonymous", FunctionDescriptor.FromDelegate("anonymous", () => new { A = 1, action = "lost" }));
            channel.MapAction("nothing", FunctionDescriptor.FromDelegate("nothing", () => (string?)null));
        }),
        """
        pikku.function.placement = ["element=worker", "node=worker", "double=worker", "text=worker", "computed=worker", "interface=worker", "anonymous=worker", "nothing=worker"]
        """);

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Values_cross_nodes_unchanged()
    {
        var client = await TwoNodes.ConnectAsync(_nodes.Front);
        foreach (var (action, data, expected) in new[]
        {
            ("element", "1e400", "1e400"),
            ("element", """{"a":1,"a":"中🙂<"}""", """{"a":1,"a":"中🙂<"}"""),
            ("node", """{"a":-0,"b":[]}""", """{"a":-0,"b":[]}"""),
            ("double", "-0", "-0"),
            ("text", "\"\\u0000中🙂\\n\"", "\"\\u0000中🙂\\n\""),
            ("computed", "{}", """{"x":7}"""),
            ("interface", "{}", """{"name":"n"}"""),
            ("nothing", "{}", "null"),
        })
            Assert.Equal($$"""{"action":"{{action}}","id":1,"data":{{expected}}}""", await client.AskAsync($$"""{"action":"{{action}}","id":1,"data":{{data}}}"""));
        Assert.Equal("""{"a":1,"action":"anonymous"}""", await client.AskAsync("""{"action":"anonymous"}"""));

        foreach (var (action, data) in new[] { ("double", "1e400"), ("element", "\"\\ud83d\""), ("text", "\"\\ud83d\""), ("node", """{"\ud83d":1}""") })
            Assert.Equal("UnprocessableContentError", Reply.ErrorName(await client.AskAsync($$"""{"action":"{{action}}","id":1,"data":{{data}}}""")));
    }
}
