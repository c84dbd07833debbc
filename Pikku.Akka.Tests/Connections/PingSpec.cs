using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Clients whose runtime shows no pings send <c>pikku-ping</c>.</summary>
[Trait("Rule", "S1")]
public sealed class PingSpec
{
    private const string Ping = """{"action":"pikku-ping"}""";
    private const string Pong = """{"action":"pikku-pong"}""";

    [Fact]
    public async Task Is_answered_past_the_window_and_the_rate_once_a_second()
    {
        var gate = new Gate();
        await using var node = await LiveNode.StartAsync(
            c => c.OnMessage("action", a => a.On("gate", () => gate.PassAsync())), "pikku.limits { messages-per-second = 1, message-burst = 3, violation-cost = 1 }");
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
            .WireChannel("command", c => c.OnMessage("command", a => a.On("run", () => 1)).OnConnect(async () => await Task.Delay(Timeout.Infinite))));
        var connection = await node.ConnectAsync(channel: channel);

        connection.Send("""{ "id": 1, "data": [], "act\u0069on": "pikku-ping" }""");

        await connection.ExpectAsync(Pong);
    }

    [Fact]
    public async Task Counts_as_activity_of_the_connection()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage("action", a => a.On("run", () => 1)), """
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
