using System.Collections.Concurrent;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The behavior of the generated client when its server stops and restarts.</summary>
[Trait("Rule", "M2")]
public sealed class ReconnectSpec
{
    [Fact]
    public async Task After_a_restart_it_subscribes_again_and_says_that_events_may_be_missing()
    {
        var port = Cluster.NodeProcess.FreePorts(1)[0];
        var server = global::Conformance.ConformanceApp.Create(["--urls", $"http://127.0.0.1:{port}"]);
        await server.StartAsync();
        var changes = new ConcurrentQueue<PikkuStateChange>();
        var seen = new ConcurrentQueue<string>();
        await using var client = new Client(new Uri($"http://127.0.0.1:{port}"), new PikkuOptions
        {
            MinDelay = TimeSpan.FromMilliseconds(10),
            MaxDelay = TimeSpan.FromMilliseconds(100),
            Timeout = Eventually.Patience,
            OnOpen = (route, cancellation) => route is EventsRoute events ? events.SubscribeAsync(new TopicName { Topic = "t" }, cancellation) : Task.CompletedTask,
        });
        using var states = client.Events.OnState(changes.Enqueue);
        using var topic = client.Events.OnTopic("t", data => seen.Enqueue(data.GetRawText()));
        await client.Events.PublishAsync(new Publication { Topic = "t", Data = JsonElement.Parse("1") });
        Assert.Equal(["1"], seen);

        await server.StopAsync();
        await server.DisposeAsync();
        await Eventually.Holds(() => changes.Any(change => change.State == PikkuState.Waiting), "it waits");
        var queued = client.Events.PublishAsync(new Publication { Topic = "t", Data = JsonElement.Parse("2") });
        server = global::Conformance.ConformanceApp.Create(["--urls", $"http://127.0.0.1:{port}"]);
        await server.StartAsync();
        await queued;

        Assert.Equal(["1", "2"], seen);
        Assert.Equal([false, true], changes.Where(change => change.State == PikkuState.Open).Select(change => change.Missed));
        Assert.Contains(changes, change => change.Code == 1001);
        await server.StopAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(1001, "away retry-after-ms=1234", 1234, 1234)]
    [InlineData(1001, "away retry-after-ms=999999999", 300_000, 300_000)]
    [InlineData(1001, null, 0, 500)]
    [InlineData(1006, null, 0, 500)]
    [InlineData(1011, "later; retry-after-ms=9", 9, 9)]
    [InlineData(1000, "later; retry-after-ms=99999999999999999999", 300_000, 300_000)]
    [InlineData(1006, "retry-after-ms=9", 0, 500)]
    [Trait("Rule", "I4")]
    public void It_waits_for_the_hinted_delay_or_a_random_part_of_the_backoff(int code, string? reason, int least, int most)
    {
        var end = new PikkuEnd(code, reason, null);
        Assert.Equal(least, end.Delay(new PikkuOptions(), 0, 0).TotalMilliseconds);
        Assert.Equal(most, end.Delay(new PikkuOptions(), 0, 1).TotalMilliseconds);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(60, 30)]
    public void The_backoff_doubles_up_to_a_limit(int failures, int seconds) =>
        Assert.Equal(seconds, new PikkuEnd(1006, null, null).Delay(new PikkuOptions(), failures, 1).TotalSeconds);

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    [InlineData(1002, true)]
    [InlineData(1003, true)]
    [InlineData(1006, false)]
    [InlineData(1007, true)]
    [InlineData(1008, true)]
    [InlineData(1009, true)]
    [InlineData(1011, false)]
    [InlineData(1013, false)]
    [InlineData(4000, false)]
    [InlineData(4399, false)]
    [InlineData(4400, true)]
    [InlineData(4429, true)]
    [InlineData(4499, true)]
    [InlineData(4500, false)]
    [Trait("Rule", "I4")]
    public void It_reconnects_by_itself_unless_the_code_is_final(int code, bool isFinal) =>
        Assert.Equal(isFinal, new PikkuEnd(code, null, null).IsFinal(new PikkuOptions()));

    [Theory]
    [InlineData(401, true)]
    [InlineData(403, true)]
    [InlineData(404, true)]
    [InlineData(400, true)]
    [InlineData(422, true)]
    [InlineData(426, true)]
    [InlineData(431, true)]
    [InlineData(408, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(302, false)]
    [Trait("Rule", "E6")]
    public void A_refused_upgrade_is_retried_unless_the_status_is_permanent(int status, bool isFinal)
    {
        var end = new PikkuEnd(1006, null, new PikkuRefusedException(status, TimeSpan.FromSeconds(7)));
        Assert.Equal(isFinal, end.IsFinal(new PikkuOptions()));
        Assert.Equal(7, end.Delay(new PikkuOptions(), 0, 0).TotalSeconds);
    }
}
