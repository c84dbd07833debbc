using System.Diagnostics;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

[Trait("Rule", "I6")]
public sealed class SweepSpec
{
    [Fact]
    public async Task Pings_a_silent_client_and_aborts_it_if_it_does_not_answer()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((string text) => text));
        var connection = await node.ConnectAsync();

        await node.SweepAsync(TimeSpan.FromSeconds(14));
        await connection.ExpectNothingAsync();
        await node.SweepAsync(TimeSpan.FromSeconds(1));
        await connection.ExpectAsync("ping");
        await node.SweepAsync(TimeSpan.FromSeconds(19));
        Assert.Equal(0, connection.Aborts);
        await node.SweepAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(1, connection.Aborts);
        await connection.Ended.Soon();
    }

    [Fact]
    public async Task Keeps_a_client_that_answers_pings()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((string text) => text));
        var connection = await node.ConnectAsync();

        for (var i = 0; i < 10; i++)
        {
            await node.SweepAsync(TimeSpan.FromSeconds(15));
            await connection.ExpectAsync("ping");
            connection.Channel.Activity.NoteReceived();
        }

        Assert.Equal(0, connection.Aborts);
    }

    [Fact]
    public async Task Spreads_the_pings_of_clients_that_are_due_together()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((string text) => text));
        var connections = new List<LiveConnection>();
        for (var i = 0; i < 600; i++)
            connections.Add(await node.ConnectAsync($"c{i}"));
        var pinged = connections.Select(TimeOfPingAsync).ToArray();

        await node.SweepAsync(TimeSpan.FromSeconds(15));

        var times = await Task.WhenAll(pinged);
        // In three batches of at most 256, which are at least two timers apart.
        Assert.InRange(Stopwatch.GetElapsedTime(times.Min(), times.Max()), TimeSpan.FromMilliseconds(60), Patience.Long);

        static async Task<long> TimeOfPingAsync(LiveConnection connection)
        {
            await connection.ExpectAsync("ping");
            return Stopwatch.GetTimestamp();
        }
    }

    [Fact]
    public async Task Does_not_consider_a_client_dead_that_was_silent_only_while_its_messages_ran()
    {
        var run = new Gate();
        await using var node = await LiveNode.StartAsync(
            c => c.MapAction("run", () => run.PassAsync()), "pikku.function.timeout = 10m");
        var connection = await node.ConnectAsync();
        connection.Send("""{"action":"run"}""");
        await run.Entered;
        await connection.SettleAsync();

        await node.SweepAsync(TimeSpan.FromMinutes(1));
        await connection.ExpectAsync("ping"); // so that no router forgets it
        run.Open();
        await connection.ExpectAsync("""{"action":"run"}""");
        await connection.WhenIdleAsync();
        await node.SweepAsync(TimeSpan.Zero);

        Assert.Equal(0, connection.Aborts);
    }

    [Fact]
    public async Task Closes_a_connection_that_was_not_used_for_the_idle_timeout()
    {
        await using var node = await LiveNode.StartAsync(
            c => c.OnMessage((string text) => text), "pikku.connection { idle-timeout = 10m, ping-interval = infinite }");
        var connection = await node.ConnectAsync();
        await node.SweepAsync(TimeSpan.FromMinutes(9));
        connection.Send("hello");
        await connection.ExpectAsync("hello");
        await connection.SettleAsync();
        await node.SweepAsync(TimeSpan.FromMinutes(9));
        await connection.ExpectNothingAsync();

        await node.SweepAsync(TimeSpan.FromMinutes(1));

        await connection.ExpectAsync("close 1000 idle");
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task Closes_a_connection_whose_message_does_not_end_in_time()
    {
        await using var node = await LiveNode.StartAsync(
            c => c.OnMessage((string text) => text), "pikku.connection { message-timeout = 1m, ping-interval = infinite }");
        var connection = await node.ConnectAsync();
        connection.Channel.Activity.BeginReceiving();

        await node.SweepAsync(TimeSpan.FromSeconds(59));
        await connection.ExpectNothingAsync();
        await node.SweepAsync(TimeSpan.FromSeconds(1));

        await connection.ExpectAsync("close 1008 a message took too long");
    }

    [Fact]
    public async Task Never_closes_pings_or_aborts_when_the_timeouts_are_infinite()
    {
        await using var node = await LiveNode.StartAsync(
            c => c.OnMessage((string text) => text), "pikku.connection { idle-timeout = infinite, ping-interval = infinite, ping-timeout = infinite, message-timeout = infinite }");
        var connection = await node.ConnectAsync();
        connection.Channel.Activity.BeginReceiving();

        await node.SweepAsync(TimeSpan.Zero);
        await node.SweepAsync(TimeSpan.FromDays(100));
        await node.SweepAsync(TimeSpan.FromDays(100));

        await connection.ExpectNothingAsync();
        Assert.Equal(0, connection.Aborts);
    }

    [Fact]
    public async Task Aborts_a_client_that_does_not_answer_the_close_frame()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((string text) => text));
        var connection = await node.ConnectAsync();
        connection.Channel.Close();

        await node.SweepAsync(TimeSpan.FromSeconds(4));
        Assert.Equal(0, connection.Aborts);
        await node.SweepAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(1, connection.Aborts);
        await connection.Ended.Soon();
    }

    [Fact]
    [Trait("Rule", "G3")]
    public async Task Closes_a_connection_whose_session_has_expired()
    {
        await using var node = await LiveNode.StartAsync(c => c.RequireSession().OnMessage((string text) => text));
        var connection = await node.ConnectAsync(session: ExpiringIn(node, TimeSpan.FromSeconds(10)));
        await node.SweepAsync(TimeSpan.FromSeconds(9));
        connection.Send("still here");
        await connection.ExpectAsync("still here");

        await node.SweepAsync(TimeSpan.FromSeconds(1));

        await connection.ExpectAsync("close 1008 session expired");
    }

    [Fact]
    [Trait("Rule", "G3")]
    public async Task Continues_without_the_session_when_expired_sessions_are_downgraded()
    {
        await using var node = await LiveNode.StartAsync(
            c =>
            {
                c.MapAction("open", () => "anybody").AllowAnonymous();
                c.MapAction("secret", () => "somebody").RequireSession();
            },
            "pikku.session.on-expiry = downgrade");
        var connection = await node.ConnectAsync(session: ExpiringIn(node, TimeSpan.FromSeconds(10)));

        await node.SweepAsync(TimeSpan.FromSeconds(10));
        connection.Send("""{"action":"open"}""", """{"action":"secret"}""");

        await connection.ExpectAsync("""{"action":"open","result":"anybody"}""");
        Assert.EndsWith("\"errorName\":\"UnauthorizedError\",\"action\":\"secret\"}", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.False(connection.Channel.Session.IsExpired);
    }

    [Fact]
    public async Task Checks_all_other_connections_if_one_cannot_be_checked_or_aborted()
    {
        await using var node = await LiveNode.StartAsync(c => c.OnMessage((string text) => text));
        var broken = await node.ConnectAsync("broken", new BrokenSession());
        var gone = await node.ConnectAsync("gone");
        gone.Aborting = () => throw new ObjectDisposedException("socket");
        var other = await node.ConnectAsync("other");

        await node.SweepAsync(TimeSpan.FromSeconds(15));
        other.Channel.Activity.NoteReceived();
        await other.ExpectAsync("ping");
        await node.SweepAsync(TimeSpan.FromSeconds(20));

        await broken.ExpectAsync("close 1011 the connection failed");
        await gone.Ended.Soon();
        await other.ExpectAsync("ping");
        other.Send("hello");
        await other.ExpectAsync("hello");
    }

    private static TestSession ExpiringIn(LiveNode node, TimeSpan time) => new() { ExpiresAt = node.Clock.GetUtcNow() + time };

    private sealed class BrokenSession : IPikkuSession
    {
        DateTimeOffset? IPikkuSession.ExpiresAt => throw new InvalidOperationException("a getter of the application");
    }
}
