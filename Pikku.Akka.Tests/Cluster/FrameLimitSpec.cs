using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A message that exceeds the frame size between nodes is refused at once, because the transport would drop it.</summary>
[Trait("Rule", "T4")]
public sealed class FrameLimitSpec : IAsyncLifetime
{
    private const int TooLarge = 500_000;

    private TwoNodes _nodes = null!;

    public static TheoryData<string> Calls => new("input", "opening data", "session", "result", "binary result", "new session");

    public async Task InitializeAsync() => _nodes = await TwoNodes.StartAsync(Wire, """
        pikku.function.placement = ["take=worker", "give=worker", "bytes=worker", "become=worker"]
        pikku.cluster.request-timeout = 1m
        akka.remote.dot-netty.tcp.maximum-frame-size = 400KiB
        """);

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_with_something_that_is_too_large_is_refused_and_the_next_one_works(string what)
    {
        var large = new string('x', TooLarge);
        var connection = await TwoNodes.ConnectAsync(
            _nodes.Front, what == "session" ? new TouchySession("eve", new Touchy { Text = large }) : null,
            what == "opening data" ? new Touchy { Text = large } : null);
        var action = what switch { "result" => "give", "binary result" => "bytes", "new session" => "become", _ => "take" };
        var text = what == "input" ? large : "";

        var answer = await connection.AskAsync($$$"""{"action":"{{{action}}}","id":1,"data":{"text":"{{{text}}}"}}""");

        var error = JsonDocument.Parse(answer).RootElement.GetProperty("error");
        Assert.Equal(("PayloadTooLargeError", 413), (error.GetProperty("name").GetString(), error.GetProperty("status").GetInt32()));
        var next = await TwoNodes.ConnectAsync(_nodes.Front);
        Assert.Equal("""{"action":"take","id":2,"data":{"length":3}}""", await next.AskAsync("""{"action":"take","id":2,"data":{"text":"abc"}}"""));
    }

    [Fact]
    public async Task A_call_that_just_fits_works()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);
        var text = new string('x', 400 * 1024 - 4 * 1024);

        var answer = await connection.AskAsync($$$"""{"action":"take","id":1,"data":{"text":"{{{text}}}"}}""");

        Assert.Equal($$$"""{"action":"take","id":1,"data":{"length":{{{text.Length}}}}}""", answer);
    }

    [Fact]
    public async Task A_message_to_a_connection_of_another_node_is_refused()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);
        var channels = _nodes.Worker.Services.GetRequiredService<IPikkuChannels>();

        var error = await Assert.ThrowsAsync<EventHubException>(async () => await channels.SendAsync(connection.Channel.Id, new string('x', 300_000)));

        Assert.Equal((EventHubErrorReason.TooLarge, 413), (error.Reason, error.Status));
        await channels.SendAsync(connection.Channel.Id, new { Small = 1 });
        await connection.ExpectAsync("""{"small":1}""");
    }

    [Fact]
    public async Task A_session_that_is_too_large_is_not_stored()
    {
        var store = _nodes.Front.Services.GetRequiredService<IPikkuSessionStore>();

        await Assert.ThrowsAsync<PayloadTooLargeError>(
            async () => await store.SetAsync("eve", new TouchySession("eve", new Touchy { Text = new string('x', TooLarge) }), default));

        await store.SetAsync("eve", new TestSession("eve"), default);
        Assert.NotNull(await _nodes.Worker.Services.GetRequiredService<IPikkuSessionStore>().GetAsync("eve", default));
    }

    [Fact]
    public async Task Who_is_where_is_the_same_on_all_nodes_or_refused()
    {
        var (front, worker) = (_nodes.Front.Services.GetRequiredService<IPikkuPresence>(), _nodes.Worker.Services.GetRequiredService<IPikkuPresence>());
        var joined = new HashSet<string>();
        for (var i = 0; i < 9; i++)
        {
            var connection = await TwoNodes.ConnectAsync(_nodes.Front);
            try
            {
                await front.JoinAsync("lobby", connection.Channel.Id, Convert.ToBase64String(RandomNumberGeneratorBytes()));
                joined.Add(connection.Channel.Id);
            }
            catch (EventHubException e)
            {
                Assert.Equal((EventHubErrorReason.TooLarge, 413), (e.Reason, e.Status));
            }
        }

        Assert.NotEmpty(joined);
        await WebSockets.Eventually.Holds(() => worker.GetCount("lobby") == joined.Count, "the other node knows them");
        Assert.Equal(joined, front.GetEntries<string>("lobby").Select(present => present.ChannelId).ToHashSet());
        Assert.Equal(joined, worker.GetEntries<string>("lobby").Select(present => present.ChannelId).ToHashSet());
    }

    private static byte[] RandomNumberGeneratorBytes() => System.Security.Cryptography.RandomNumberGenerator.GetBytes(45_000);

    private static void Wire(PikkuBuilder app) => app.WireChannel("test", channel =>
    {
        channel.AllowAnonymous()
            .Route<Touchy>("/test")
            .MapAction("take", FunctionDescriptor.FromDelegate("take", (Sized input) => new { input.Text.Length }));
        channel.MapAction("give", FunctionDescriptor.FromDelegate("give", (Sized _) => new Sized(new string('x', TooLarge))));
        channel.MapAction("bytes", FunctionDescriptor.FromDelegate("bytes", (Sized _) => new byte[TooLarge]));
        channel.MapAction("become", FunctionDescriptor.FromDelegate("become", async (Sized _, PikkuContext context) =>
            await context.SetSessionAsync(new TouchySession(null, new Touchy { Text = new string('x', TooLarge) }))));
    });

    private sealed record Sized([property: System.Text.Json.Serialization.JsonPropertyName("text")] string Text);
}
