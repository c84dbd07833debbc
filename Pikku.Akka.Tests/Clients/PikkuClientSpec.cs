using System.Text.Json.Nodes;
using System.Threading.Channels;
using Pikku.Akka.Tests.Conformance;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Clients;

/// <summary>Pikku's own client works without changes: it sends flat messages and matches answers by the routing key alone.</summary>
[Trait("Rule", "M3")]
public sealed class PikkuClientSpec(OneNode node) : IClassFixture<OneNode>
{
    [Fact]
    public async Task Signs_in_subscribes_and_receives_the_events_of_others()
    {
        await using var ann = await ConnectAsync("/");
        await using var bob = await ConnectAsync("/");
        foreach (var client in new[] { ann, bob })
        {
            Assert.Equal("""{"connected":true}""", (await Next(client.All))!.ToJsonString());
            var signedIn = client.Listen("action", "auth");
            await client.SendAsync("action", "auth", new JsonObject { ["username"] = "demo", ["password"] = "test" });
            Assert.True((bool)(await Next(signedIn))["authenticated"]!);
            await Next(client.All);
        }

        var subscribed = bob.Listen("action", "subscribe");
        await bob.SendAsync("action", "subscribe", new JsonObject { ["topic"] = "todo-created" });
        Assert.Equal("todo-created", (string)(await Next(subscribed))["topic"]!);
        await Next(bob.All);

        var created = ann.Listen("action", "create");
        await ann.SendAsync("action", "create", new JsonObject { ["title"] = "Buy milk" });
        var todo = (await Next(created))["todo"]!;

        var seen = (await Next(bob.All))!;
        Assert.Equal("todo-created", (string)seen["topic"]!);
        Assert.True(JsonNode.DeepEquals(todo, seen["data"]!["todo"]));
    }

    [Fact]
    public async Task Receives_every_kind_of_result_under_its_method()
    {
        await using var client = await ConnectAsync("/lab");
        (string Method, string Result)[] expected =
        [
            ("str", "\"hello\""), ("num", "42"), ("zero", "0"), ("empty", "\"\""), ("no", "false"), ("nul", "null"), ("arr", "[1,2,3]"), ("emptyarr", "[]"),
        ];
        foreach (var (method, result) in expected)
        {
            var listener = client.Listen("action", method);
            await client.SendAsync("action", method);
            var reply = await Next(listener);
            Assert.Equal(result, reply["result"]?.ToJsonString() ?? "null");
        }

        var done = client.Listen("action", "void");
        await client.SendAsync("action", "void");
        Assert.Equal("""{"action":"void"}""", (await Next(done)).ToJsonString());
        await client.SendAsync("action", "buf");
        Assert.Equal([1, 2, 3], await Next(client.Binary));
    }

    [Fact]
    public async Task Uses_several_routes_on_one_socket()
    {
        await using var client = await ConnectAsync("/lab");
        var (ran, echoed) = (client.Listen("command", "run"), client.Listen("action", "echo"));

        await client.SendAsync("command", "run", new JsonObject { ["x"] = 1 });
        await client.SendAsync("action", "echo", new JsonObject { ["data"] = "a property called data", ["y"] = 2 });

        Assert.Equal("""{"x":1}""", (await Next(ran))["ran"]!.ToJsonString());
        Assert.Equal("""{"data":"a property called data","y":2}""", (await Next(echoed))["got"]!.ToJsonString());
    }

    [Fact]
    public async Task Receives_errors_where_it_listens_for_the_answer()
    {
        await using var lab = await ConnectAsync("/lab");
        var failed = lab.Listen("action", "throwNotFound");
        await lab.SendAsync("action", "throwNotFound");
        Assert.Equal("NotFoundError", (string)(await Next(failed))["errorName"]!);

        await using var secure = await ConnectAsync("/secure");
        var refused = secure.Listen("action", "me");
        await secure.SendAsync("action", "me");
        Assert.Equal("UnauthorizedError", (string)(await Next(refused))["errorName"]!);
    }

    [Fact]
    public async Task Receives_text_that_is_not_JSON_as_text_and_bytes_as_bytes()
    {
        await using var client = await ConnectAsync("/lab");
        await client.SendAsync("action", "sendStr");
        Assert.Equal("raw string", (string)(await Next(client.All))!);

        await using var binary = await ConnectAsync("/bin");
        await binary.SendBinaryAsync([7, 8]);
        Assert.Equal([7, 8], await Next(binary.Binary));
    }

    private Task<PikkuClient> ConnectAsync(string path) =>
        PikkuClient.ConnectAsync($"ws://{node.Address.Authority}{path}");

    private static async Task<T> Next<T>(ChannelReader<T> reader) => await reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);
}
