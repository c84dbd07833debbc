using System.Globalization;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Connections;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

/// <summary>How event streams end, and what is left of them.</summary>
[Trait("Rule", "O5")]
public sealed class EventStreamEndSpec
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_client_that_leaves_takes_its_subscription_along_and_nobody_else_notices(string http)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync(version: version);
        var leaving = await lab.OpenAsync("news", version);
        using var staying = await lab.OpenAsync("news", version);

        leaving.Dispose();
        await Eventually.Holds(() => lab.Directory.Count == 1, "the connection has ended");
        await lab.PublishAsync("news", 1);

        Assert.Equal("""{"topic":"news","data":1}""", await staying.NextAsync());
        Assert.Empty(lab.Logs.Accidents);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Trait("Rule", "I4")]
    public async Task A_node_that_drains_ends_its_streams_and_says_when_to_come_back(string http)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync("pikku.shutdown.reconnect-spread = 1s", version);
        using var news = await lab.OpenAsync("news", version);
        await lab.PublishAsync("news", 1);

        var stopping = lab.Stop();

        Assert.Equal("""{"topic":"news","data":1}""", await news.NextAsync());
        var (name, data) = (await news.ReadAsync())!.Value;
        Assert.Equal("pikku-close", name);
        Assert.StartsWith("""{"code":1001,"reason":"the node is going away; retry-after-ms=""", data, StringComparison.Ordinal);
        Assert.Equal($"{news.Retry}", data[(data.LastIndexOf('=') + 1)..^2]);
        Assert.InRange(news.Retry!.Value, 0, 1000);
        Assert.Null(await news.ReadAsync());
        await stopping;
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_node_that_drains_refuses_streams(string http)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync(version: version);
        lab.Services.GetRequiredService<DrainState>().Begin();

        using var response = await EventStreamClient.SendAsync(lab.Stream(), HttpMethod.Get, version);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task A_node_that_drains_does_not_wait_for_a_client_that_reads_nothing()
    {
        await using var lab = await StreamLab.StartAsync("pikku.connection { close-timeout = 200ms, sweep-interval = 50ms }", HttpVersion.Version20);
        using var sleeper = await lab.OpenAsync("room%3A7", HttpVersion.Version20);
        using var news = await lab.OpenAsync("news", HttpVersion.Version20);
        for (var i = 0; i < 8; i++)
            await lab.PublishAsync("room:7", new string('x', 64 * 1024)); // eight times the window of the stream

        var stopping = lab.Stop();

        Assert.Equal("pikku-close", (await news.ReadAsync())!.Value.Name);
        Assert.Null(await news.ReadAsync());
        await stopping.WaitAsync(Eventually.Patience);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await sleeper.ReadAsync() is not null)
            {
            }
        });
    }

    [Fact]
    [Trait("Rule", "Q1")]
    public async Task A_stream_whose_subscription_is_taken_away_is_told_and_ends()
    {
        await using var lab = await StreamLab.StartAsync();
        using var news = await lab.OpenAsync();

        await lab.Services.GetRequiredService<IEventHub>().UnsubscribeAsync(StreamLab.News, lab.Directory.All.Single().Id);
        await lab.PublishAsync("news", 1);

        Assert.StartsWith("""{"action":"pikku-unsubscribed","subscribed":"news","error":{"name":"ForbiddenError","status":403""", await news.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(("pikku-close", """{"code":1008,"reason":"the subscription has ended"}"""), await news.ReadAsync());
        Assert.Null(await news.ReadAsync());
        await lab.IsEmptyAsync();
    }

    [Fact]
    [Trait("Rule", "I6")]
    public async Task A_silent_stream_has_comments_that_count_as_a_sign_of_life()
    {
        await using var lab = await StreamLab.StartAsync("pikku.connection { ping-interval = 20ms, ping-timeout = 5s, sweep-interval = 1h }");
        using var news = await lab.OpenAsync();
        var connection = lab.Directory.All.Single();
        var opened = connection.Activity.ReceivedAt;

        await Eventually.Holds(
            async () =>
            {
                await lab.Sweep();
                return connection.Activity.ReceivedAt > opened;
            },
            "a comment was written");
        await lab.PublishAsync("news", 1);

        Assert.Equal("""{"topic":"news","data":1}""", await news.NextAsync());
        Assert.NotEqual(0, news.Comments);
    }

    [Fact]
    [Trait("Rule", "I6")]
    public async Task An_idle_stream_ends_with_1000()
    {
        await using var lab = await StreamLab.StartAsync("pikku.connection { idle-timeout = 50ms, sweep-interval = 20ms }");
        using var news = await lab.OpenAsync();

        Assert.Equal(("pikku-close", """{"code":1000,"reason":"idle"}"""), await news.ReadAsync());
        Assert.Null(await news.ReadAsync());
        await lab.IsEmptyAsync();
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Trait("Rule", "G3")]
    public async Task A_stream_whose_session_expires_is_closed_as_a_socket_is_and_its_token_is_refused_from_then_on(string http)
    {
        var version = Version.Parse(http);
        var session = new EndingSession();
        await using var lab = await StartWithAsync(session, "", version);
        using var members = await lab.OpenAsync("members", version, ("Authorization", "Bearer ann"));
        using var news = await lab.OpenAsync("news", version);
        await lab.PublishAsync("members", 1);
        Assert.Equal("""{"topic":"members","data":1}""", await members.NextAsync());

        session.HasEnded = true;
        await lab.Sweep();

        Assert.Equal(("pikku-close", """{"code":1008,"reason":"session expired"}"""), await members.ReadAsync());
        Assert.Null(await members.ReadAsync());
        using var again = await EventStreamClient.SendAsync(lab.Stream("members"), HttpMethod.Get, version, ("Authorization", "Bearer ann"));
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        await lab.PublishAsync("news", 2);
        Assert.Equal("""{"topic":"news","data":2}""", await news.NextAsync());
        await lab.HasAsync(1);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Trait("Rule", "G3")]
    public async Task A_stream_that_loses_its_expired_session_keeps_a_topic_that_is_open_to_all_and_ends_when_the_topic_needs_one(string http)
    {
        var version = Version.Parse(http);
        var session = new EndingSession();
        await using var lab = await StartWithAsync(session, "pikku.session.on-expiry = downgrade", version);
        using var members = await lab.OpenAsync("members", version, ("Authorization", "Bearer ann"));
        using var news = await lab.OpenAsync("news", version, ("Authorization", "Bearer ann"));

        session.HasEnded = true;
        await lab.Sweep();

        Assert.StartsWith(
            """{"action":"pikku-unsubscribed","subscribed":"members","error":{"name":"UnauthorizedError","status":401""", await members.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(("pikku-close", """{"code":1008,"reason":"the subscription has ended"}"""), await members.ReadAsync());
        Assert.Null(await members.ReadAsync());
        await lab.PublishAsync("news", 1);
        Assert.Equal("""{"topic":"news","data":1}""", await news.NextAsync());
        await lab.HasAsync(1);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Trait("Rule", "K6")]
    public async Task A_client_that_reads_nothing_is_cut_off_while_others_get_every_event_and_the_publisher_does_not_wait(string http)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync(
            """
            pikku {
              outbox.max-size = 1MiB
              connection { max-message-size = 64KiB, close-timeout = 200ms, sweep-interval = 50ms }
              event-hub.max-event-size = 128KiB
            }
            """,
            version);
        using var reader = await lab.OpenAsync("news", version);
        await using var sleeper = await SleeperAsync(lab, version);
        var text = new string('x', 64 * 1024);

        for (var i = 0; i < 400; i++)
        {
            await lab.PublishAsync("news", text);
            Assert.Contains("xxx", await reader.NextAsync(), StringComparison.Ordinal);
        }

        await lab.HasAsync(1);
        Assert.Contains(lab.Logs.Entries, entry => entry.Text.Contains("reads too slowly", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Trait("Rule", "K6")]
    public async Task A_client_that_has_read_nothing_for_too_long_is_cut_off_before_its_outbox_is_full(string http)
    {
        var version = Version.Parse(http);
        await using var lab = await StreamLab.StartAsync(
            """
            pikku {
              outbox { max-size = 64MiB, stall-timeout = 300ms }
              connection { close-timeout = 200ms, sweep-interval = 50ms }
            }
            """,
            version);
        using var reader = await lab.OpenAsync("news", version);
        await using var sleeper = await SleeperAsync(lab, version);
        var text = new string('x', 64 * 1024);

        // More than the windows of HTTP/2 and the buffers of TCP hold.
        for (var i = 0; i < 200; i++)
        {
            await lab.PublishAsync("news", text);
            Assert.Contains("xxx", await reader.NextAsync(), StringComparison.Ordinal);
        }

        await lab.HasAsync(1);
        await lab.PublishAsync("news", 1);
        Assert.Equal("""{"topic":"news","data":1}""", await reader.NextAsync());
    }

    [Fact]
    [Trait("Rule", "K6")]
    public async Task A_client_that_reads_slowly_gets_the_newest_events_when_older_ones_are_dropped()
    {
        const int Events = 100;
        await using var lab = await StreamLab.StartAsync(
            """
            pikku {
              outbox { max-size = 1MiB, overflow = keep-latest, stall-timeout = infinite }
              connection.sweep-interval = 1h
            }
            """,
            HttpVersion.Version20);
        using var reader = await lab.OpenAsync("news", HttpVersion.Version20);
        using var sleeper = await lab.OpenAsync("news", HttpVersion.Version20);
        var text = new string('x', 64 * 1024);

        for (var i = 0; i < Events; i++)
        {
            await lab.PublishAsync("news", $"{i} {text}");
            Assert.StartsWith($$"""{"topic":"news","data":"{{i}} """, await reader.NextAsync(), StringComparison.Ordinal);
        }

        var seen = new List<int>();
        while (seen is not [.., Events - 1])
            seen.Add(NumberOf(await sleeper.NextAsync()));
        Assert.Equal(seen.Order(), seen);
        Assert.InRange(seen.Count, 2, Events / 2);
        await lab.HasAsync(2);

        static int NumberOf(string message) =>
            int.Parse(message["""{"topic":"news","data":" """.TrimEnd().Length..message.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    private static Task<Lab> StartWithAsync(EndingSession session, string hocon, Version version) => StreamLab.StartAsync(
        $"pikku.connection.sweep-interval = 1h\n{hocon}", version, options =>
        {
            options.App = app => app.Use((context, next) =>
            {
                if (context.Request.Headers.Authorization.Count > 0)
                    context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "ann")], "Bearer"));
                return next(context);
            });
            options.Pikku = pikku => pikku.UseSession(_ => session);
        });

    // A client that opens a stream and reads nothing of it. On HTTP/2 it shares the connection with the reader, and only the window of its stream fills.
    private static async Task<IAsyncDisposable> SleeperAsync(Lab lab, Version version)
    {
        IAsyncDisposable client;
        if (version.Major == 2)
        {
            client = new Sleeper(await lab.OpenAsync("news", version));
        }
        else
        {
            var raw = await RawClient.Connect(lab.Port, receiveBuffer: 4096);
            await raw.Send("GET /live/news HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
            client = raw;
        }

        await Eventually.Holds(() => lab.Directory.Count == 2, "both are connected");
        return client;
    }

    private sealed class Sleeper(EventStreamClient client) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            client.Dispose();
            return default;
        }
    }

    // A session that a test ends.
    private sealed class EndingSession : IPikkuSession
    {
        public bool HasEnded { get; set; }

        DateTimeOffset? IPikkuSession.ExpiresAt => HasEnded ? DateTimeOffset.UnixEpoch : null;
    }
}
