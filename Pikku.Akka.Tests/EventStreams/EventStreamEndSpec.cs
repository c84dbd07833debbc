using System.Net;
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

    [Fact]
    public async Task A_node_that_drains_refuses_streams()
    {
        await using var lab = await StreamLab.StartAsync();
        lab.Services.GetRequiredService<DrainState>().Begin();

        using var response = await EventStreamClient.SendAsync(lab.Stream(), HttpMethod.Get);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
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

    [Fact]
    [Trait("Rule", "K6")]
    public async Task A_client_that_reads_nothing_is_cut_off_while_others_get_every_event_and_the_publisher_does_not_wait()
    {
        await using var lab = await StreamLab.StartAsync(
            """
            pikku {
              outbox.max-size = 1MiB
              connection { max-message-size = 64KiB, close-timeout = 200ms, sweep-interval = 50ms }
              event-hub.max-event-size = 128KiB
            }
            """);
        using var reader = await lab.OpenAsync();
        await using var sleeper = await RawClient.Connect(lab.Port, receiveBuffer: 4096);
        await sleeper.Send("GET /live/news HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
        await Eventually.Holds(() => lab.Directory.Count == 2, "both are connected");
        var text = new string('x', 64 * 1024);

        for (var i = 0; i < 400; i++)
        {
            await lab.PublishAsync("news", text);
            Assert.Contains("xxx", await reader.NextAsync(), StringComparison.Ordinal);
        }

        await Eventually.Holds(() => lab.Directory.Count == 1, "the slow client is gone");
        Assert.Contains(lab.Logs.Entries, entry => entry.Text.Contains("reads too slowly", StringComparison.Ordinal));
        Assert.Empty(lab.Logs.Accidents);
    }
}
