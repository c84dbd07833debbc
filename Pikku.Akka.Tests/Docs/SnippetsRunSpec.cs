using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pikku.Akka.Tests.Conformance;
using Snippets;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The code of the documentation behaves as the pages say.</summary>
public sealed class SnippetsRunSpec
{
    private static readonly SymmetricSecurityKey Key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Fact]
    public async Task The_example_of_the_readme_replies_and_publishes_to_everyone()
    {
        await using var program = await RunningProgram.StartAsync(Quickstart.Run);
        await using var alice = await ScenarioClient.OpenAsync(program.Socket("/todos"), new Dictionary<string, string>(), null);
        await using var bob = await ScenarioClient.OpenAsync(program.Socket("/todos"), new Dictionary<string, string>(), null);
        // onConnect runs before any message, so its subscription is active after the first reply.
        await bob.SendAsync("""{"action":"create"}""");
        Assert.Equal("UnprocessableContentError", (await bob.NextJsonAsync()).GetProperty("errorName").GetString());

        await alice.SendAsync("""{"action":"create","title":"Buy milk"}""");

        // The publisher receives its own event before its reply.
        var seen = await alice.NextJsonAsync();
        var reply = await alice.NextJsonAsync();
        var told = await bob.NextJsonAsync();
        Assert.Equal("todos:created", seen.GetProperty("topic").GetString());
        Assert.Equal("create", reply.GetProperty("action").GetString());
        Assert.Equal("Buy milk", reply.GetProperty("title").GetString());
        Assert.True(JsonElement.DeepEquals(seen, told));
    }

    [Fact]
    public async Task A_program_with_commands_runs_as_application_without_one()
    {
        await using var program = await RunningProgram.StartAsync(args => Commands.Run(args).GetAwaiter().GetResult());
        await using var client = await ScenarioClient.OpenAsync(program.Socket("/greetings/da"), new Dictionary<string, string>(), null);

        await client.SendAsync("hello");

        Assert.Equal("No action: hello", await client.NextTextAsync());
    }

    public static TheoryData<Action<string[]>> PackagePrograms => new()
    {
        Snippets.OfServerPackage.ServerPackage.Run,
        args => Snippets.OfToolsPackage.ToolsPackage.Run(args).GetAwaiter().GetResult(),
    };

    [Theory]
    [MemberData(nameof(PackagePrograms))]
    public async Task The_program_on_the_page_of_a_package_greets(Action<string[]> main)
    {
        await using var program = await RunningProgram.StartAsync(main);
        await using var client = await ScenarioClient.OpenAsync(program.Socket("/greetings"), new Dictionary<string, string>(), null);

        await client.SendAsync("""{"action":"greet","name":"Ada"}""");

        Assert.Equal("""{"text":"Hello, Ada!","action":"greet"}""", await client.NextTextAsync());
    }

    [Fact]
    public async Task The_minimal_channel_greets()
    {
        await using var node = await DocumentedNode.StartAsync(MinimalChannel.Wire);
        await using var client = await node.ConnectAsync("/greetings/da");

        await client.SendAsync("""{"action":"greet","name":"Ada"}""");
        Assert.Equal("""{"language":"da","name":"Ada","action":"greet"}""", await client.NextTextAsync());
        await client.SendAsync("hello");
        Assert.Equal("No action: hello", await client.NextTextAsync());
    }

    [Fact]
    public async Task A_token_begins_a_session_and_errors_are_opaque()
    {
        await using var node = await DocumentedNode.StartAsync(Security.Create([], Key, IPAddress.Loopback));
        await using var client = await node.ConnectAsync("/account", ("Authorization", "Bearer " + TokenOf("ada")));

        await client.SendAsync("""{"action":"who"}""");
        Assert.Equal("ada", (await client.NextJsonAsync()).GetProperty("result").GetString());
        await client.SendAsync("""{"action":"busy"}""");
        Assert.Equal("""{"error":"The database is busy.","errorName":"BusyError","action":"busy"}""", await client.NextTextAsync());
    }

    [Theory]
    [InlineData("https://chat.example.com", 101)]
    [InlineData("https://evil.example.com", 403)]
    public async Task Behind_a_proxy_the_origin_is_compared_with_the_address_that_the_browser_requested(string origin, int status)
    {
        await using var node = await DocumentedNode.StartAsync(Security.Create([], Key, IPAddress.Loopback));

        Assert.Equal(status, await node.UpgradeAsync("/account",
            ("Origin", origin), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "chat.example.com"), ("X-Forwarded-For", "192.0.2.1")));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task A_running_node_is_healthy(string path)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddPikku(MinimalChannel.Wire);
        var app = builder.Build();
        Health.Map(app);
        app.MapPikku();
        await using var node = await DocumentedNode.StartAsync(app);
        using var client = new HttpClient();

        Assert.Equal("Healthy", await client.GetStringAsync(node.Http(path)));
    }

    [Fact]
    public async Task The_CSharp_client_receives_the_event_of_its_own_todo()
    {
        await using var node = await DocumentedNode.StartAsync(global::Conformance.ConformanceApp.Create([]));

        Assert.Equal(["Buy milk"], await CSharpClient.Run(node.Http("/")));
    }

    [Fact]
    public async Task The_CSharp_client_subscribes_and_reads_streams()
    {
        await using var node = await DocumentedNode.StartAsync(global::Conformance.ConformanceApp.Create([]));
        await using var client = new Clients.CSharp.Generated.PikkuWebSocket(node.Http("/"));
        using var late = new CancellationTokenSource(WebSockets.Eventually.Patience);

        Assert.Equal(["handler hello", "loop hello"], await CSharpClient.Subscribe(client, late.Token));
        Assert.Equal("Live news", await CSharpClient.Live(client, late.Token));
        Assert.Equal(1, await CSharpClient.Watch(client, late.Token));
        Assert.Contains(await CSharpClient.Keyed(client, late.Token), text => text.EndsWith(" viewers, 0 cursors", StringComparison.Ordinal));
        Assert.Equal(6, await CSharpClient.Stream(client, late.Token));
    }

    [Fact]
    public async Task Who_subscribes_is_present_and_a_cursor_is_the_last_value_of_its_key()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddPikku(Snippets.OfPresenceAndState.PresenceAndState.Wire);
        var app = builder.Build();
        app.MapPikku();
        await using var node = await DocumentedNode.StartAsync(app);
        await using var client = await ScenarioClient.OpenAsync(node.Socket("/boards/ann"), new Dictionary<string, string>(), "pikku.v1");

        await client.SendAsync("""{"action":"point","id":1,"data":{"boardId":7,"x":1,"y":2}}""");
        await client.NextJsonAsync();
        await client.SendAsync("""{"action":"pikku-subscribe","id":2,"data":{"topic":"board:7:cursors"}}""");
        Assert.Equal("""{"ann":{"x":1,"y":2}}""", (await client.NextJsonAsync()).GetProperty("data").GetProperty("snapshot").GetRawText());
        await client.SendAsync("""{"action":"pikku-subscribe","id":3,"data":{"topic":"board:7:viewers"}}""");
        Assert.Equal("[]", (await client.NextJsonAsync()).GetProperty("data").GetProperty("keys").GetRawText());
        Assert.Equal("""{"name":"ann"}""", (await client.NextJsonAsync()).GetProperty("data").GetProperty("joined").GetRawText());
    }

    [Fact]
    public async Task The_CSharp_client_asks_for_a_fresh_token_only_when_the_last_one_does_not_serve()
    {
        var options = CSharpClient.Tokens((fresh, _) => Task.FromResult<string?>(fresh ? "fresh" : "kept"));
        Assert.Equal("kept", await options.Token!(Clients.CSharp.Generated.PikkuTokenReason.Connect, default));
        Assert.Equal("fresh", await options.Token!(Clients.CSharp.Generated.PikkuTokenReason.Expiring, default));
    }

    private static string TokenOf(string user) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "https://login.example.com",
        Audience = "chat",
        Claims = new Dictionary<string, object> { ["sub"] = user },
        SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.HmacSha256),
    });
}
