using System.Text;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Clients whose runtime shows no pings send <c>pikku-ping</c>.</summary>
[Trait("Rule", "S1")]
public sealed class PingSpec
{
    private const string Ping = """{"action":"pikku-ping"}""";
    private const string Pong = """{"action":"pikku-pong"}""";
    private const string AskReady = """{"action":"pikku-ping","ready":true}""";
    private const string Ready = """{"action":"pikku-pong","ready":true}""";

    [Fact]
    public async Task Is_answered_past_the_window_and_the_rate_once_a_second()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("gate", () => gate.PassAsync()), "pikku.limits { messages-per-second = 1, message-burst = 3, violation-cost = 1 }");
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"gate"}""");
        await gate.Entered;

        // One is free, two use what is left of the rate, and the others are ignored until the client is closed for sending too many.
        connection.Send(Ping, Ping, Ping, Ping);
        await connection.ExpectAsync(Pong, Pong, Pong);
        await connection.ExpectNothingAsync();
        node.Clock.Advance(TimeSpan.FromSeconds(1));
        connection.Send(Ping);
        await connection.ExpectAsync(Pong);
        connection.Send([.. Enumerable.Repeat(Ping, 20)]);

        await connection.ExpectAsync(Pong, "close 1008 too many messages");
        gate.Open();
        await connection.EndAsync(1008);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("binary")]
    [InlineData("command")]
    public async Task Is_answered_on_every_channel(string channel)
    {
        await using var node = await LiveNode.StartAppAsync(app => app
            .WireChannel("text", c => c.AllowAnonymous().OnMessage((string text) => text))
            .WireChannel("binary", c => c.AllowAnonymous().OnBinaryMessage((byte[] bytes) => bytes))
            .WireChannel("command", c =>
            {
                c.RoutingKey("command").MapAction("run", () => 1);
                c.OnConnect(async () => await Task.Delay(Timeout.Infinite));
            }));
        var connection = await node.ConnectAsync(channel: channel);

        connection.Send("""{ "id": 1, "data": [], "act\u0069on": "pikku-ping" }""");

        await connection.ExpectAsync(Pong);
    }

    [Fact]
    public async Task Counts_as_activity_of_the_connection()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("run", () => 1), """
            pikku.connection { idle-timeout = 1m, ping-interval = infinite }
            """);
        var connection = await node.ConnectAsync();
        node.Clock.Advance(TimeSpan.FromSeconds(50));
        connection.Send(Ping);
        await connection.ExpectAsync(Pong);

        await node.SweepAsync(TimeSpan.FromSeconds(50));
        await connection.SettleAsync();

        Assert.True(connection.Channel.IsOpen);
    }

    [Fact]
    [Trait("Rule", "S3")]
    public async Task That_asks_whether_the_connection_is_ready_is_answered_when_onConnect_has_completed()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(c =>
        {
            c.OnConnect(() => gate.PassAsync());
            c.MapAction("run", () => 1);
        });
        var connection = await node.ConnectAsync(enveloped: true);
        await gate.Entered;

        connection.Send(AskReady, """{"action":"run","id":1}""", Ping);
        await connection.ExpectAsync(Pong);
        await connection.ExpectNothingAsync();
        gate.Open();

        await connection.ExpectAsync(Ready, """{"action":"run","id":1,"data":1}""");
        connection.Send(AskReady);
        await connection.ExpectAsync(Ready);
    }

    [Fact]
    [Trait("Rule", "S3")]
    public async Task That_asks_whether_the_connection_is_ready_has_no_answer_if_onConnect_refuses_the_connection()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(c => c.OnConnect(async () =>
        {
            await gate.PassAsync();
            throw new ForbiddenError();
        }));
        var connection = await node.ConnectAsync(enveloped: true);
        await gate.Entered;

        connection.Send(AskReady, Ping);
        await connection.ExpectAsync(Pong);
        gate.Open();

        await connection.ExpectAsync(
            """{"error":{"name":"ForbiddenError","status":403,"message":"The client does not have permission to access the requested resource."}}""",
            "close 1008 onConnect failed");
    }

    [Fact]
    [Trait("Rule", "Q3")]
    public async Task That_asks_whether_the_connection_is_ready_learns_when_its_session_expires()
    {
        await using var node = await LiveNode.StartAsync(c => c.MapAction("run", () => 1));
        var expiresAt = node.Clock.GetUtcNow().AddMinutes(5);
        var connection = await node.ConnectAsync(session: new TestSession { ExpiresAt = expiresAt });

        connection.Send(AskReady);

        await connection.ExpectAsync($$"""{"action":"pikku-pong","ready":true,"expiresAt":"{{expiresAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}"}""");
    }

    [Theory]
    [InlineData("""{"action":"pikku-ping","ready":1}""")]
    [InlineData("""{"action":"pikku-ping","ready":false}""")]
    [InlineData("""{"action":"pikku-ping","data":{"ready":true}}""")]
    public void Asks_whether_the_connection_is_ready_by_true_only(string text) =>
        Assert.Equal(new ReservedMessage(ReservedKind.Ping, default), ReservedMessage.TryRead(Encoding.UTF8.GetBytes(text), out var reserved) ? reserved : default);

    [Theory]
    [InlineData("""{"action":"pikku-ping"}""", true)]
    [InlineData("""{"action":"x","action":"pikku-ping"}""", true)]
    [InlineData("""{"action":"pikku-ping","action":"x"}""", false)]
    [InlineData("""{"action":"pikku-ping"} """, true)]
    [InlineData("""{"action":"pikku-ping"}x""", false)]
    [InlineData("""{"action":"pikku-ping""", false)]
    [InlineData("""["pikku-ping"]""", false)]
    [InlineData("""{"data":{"action":"pikku-ping"}}""", false)]
    [InlineData("""{"action":"say","data":"pikku-ping pikku-cancel"}""", false)]
    [InlineData("""{"action":["pikku-ping"]}""", false)]
    [InlineData("""{"action":"pikku-subscribe"}""", false)]
    [InlineData("pikku-ping", false)]
    public void Is_recognized_by_its_action_only(string text, bool isPing) =>
        Assert.Equal(isPing, ReservedMessage.TryRead(Encoding.UTF8.GetBytes(text), out var reserved) && reserved.Kind == ReservedKind.Ping);
}
