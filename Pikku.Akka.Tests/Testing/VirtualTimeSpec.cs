using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Testing;

/// <summary>What follows virtual time.</summary>
public sealed class VirtualTimeSpec : IAsyncLifetime
{
    private static readonly Topic<string> s_news = new("news");

    private PikkuTestHost _host = null!;

    public async Task InitializeAsync() => _host = await PikkuTestHost.StartAsync(
        pikku => pikku.WireChannel("lab", channel =>
        {
            channel.AllowAnonymous().MapAction("echo", (NoData _) => { });
            channel.MapAction("hang", async (CancellationToken cancel) => await Task.Delay(Timeout.Infinite, cancel));
            channel.MapAction("later", async (int seconds, TimeProvider clock) => await Task.Delay(TimeSpan.FromSeconds(seconds), clock));
            channel.AddTopic(s_news).AllowSubscribe().WithHistory(maxEvents: 10, maxAge: TimeSpan.FromMinutes(5));
        }),
        new PikkuTestOptions { Settings = new Dictionary<string, string> { ["pikku.connection.idle-timeout"] = "10m" } });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_client_that_answers_pings_stays_until_it_is_idle()
    {
        await using var client = await _host.ConnectAsync("lab");

        await _host.AdvanceAsync(TimeSpan.FromMinutes(9));
        Assert.True(client.Link.IsOpen);
        await client.InvokeAsync("echo");
        await _host.AdvanceAsync(TimeSpan.FromMinutes(9));
        Assert.True(client.Link.IsOpen);
        await _host.AdvanceAsync(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1));

        await client.ExpectCloseAsync(CloseCode.Normal, "idle");
    }

    [Fact]
    public async Task A_client_whose_cable_is_unplugged_is_gone_when_its_ping_is_not_answered()
    {
        await using var client = await _host.ConnectAsync("lab");
        client.Link.Unplug();

        await _host.AdvanceAsync(TimeSpan.FromSeconds(34));
        Assert.True(client.Link.IsOpen);
        await _host.AdvanceAsync(TimeSpan.FromSeconds(3));

        Assert.False(client.Link.IsOpen);
    }

    [Fact]
    public async Task A_function_is_ended_at_its_deadline()
    {
        await using var client = await _host.ConnectAsync("lab");
        var call = client.InvokeAsync("hang");

        await _host.AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        await _host.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal("RequestTimeoutError", (await Assert.ThrowsAsync<PikkuTestException>(() => call)).Name);
    }

    [Fact]
    public async Task Functions_that_take_the_time_from_the_TimeProvider_follow_it()
    {
        await using var client = await _host.ConnectAsync("lab");
        var call = client.InvokeAsync("later", new { seconds = 10 });

        await _host.AdvanceAsync(TimeSpan.FromSeconds(11));

        await call;
    }

    [Fact]
    public async Task A_session_ends_when_it_expires()
    {
        var session = new TestSession("ann") { ExpiresAt = _host.Time.GetUtcNow() + TimeSpan.FromMinutes(5) };
        await using var client = await _host.ConnectAsync("lab", new PikkuConnectOptions { Session = session });

        await client.InvokeAsync("echo");
        await _host.ExpireSessionAsync("ann");

        await client.ExpectCloseAsync(CloseCode.PolicyViolation);
    }

    [Fact]
    public async Task A_session_without_an_end_does_not_expire() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => _host.ExpireSessionAsync("nobody"));

    [Fact]
    public async Task Events_of_a_history_become_too_old()
    {
        var hub = _host.Services.GetRequiredService<IEventHub>();
        await using var client = await _host.ConnectAsync("lab");
        var news = await client.SubscribeAsync(s_news);
        await hub.PublishAsync(s_news, "one");
        await news.UnsubscribeAsync();
        var position = news.Position;
        Assert.Equal("one", await news.NextAsync());

        await hub.PublishAsync(s_news, "two");
        await _host.AdvanceAsync(TimeSpan.FromMinutes(4));
        var inTime = await client.SubscribeAsync(s_news, position);
        Assert.Equal("two", await inTime.NextAsync());
        await inTime.UnsubscribeAsync();
        await _host.AdvanceAsync(TimeSpan.FromMinutes(2));
        var late = await client.SubscribeAsync(s_news, position);

        Assert.Equal(("complete", "lost"), (inTime.Recovery, late.Recovery));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_closed_as_stalled()
    {
        await using var slow = await _host.ConnectAsync("lab");
        await using var other = await _host.ConnectAsync("lab");
        await slow.SubscribeAsync(s_news);
        var read = await other.SubscribeAsync(s_news);
        slow.Link.StopReading();
        var hub = _host.Services.GetRequiredService<IEventHub>();
        for (var i = 0; i < 10; i++)
            await hub.PublishAsync(s_news, new string('x', 30_000));
        await _host.AdvanceAsync(TimeSpan.FromSeconds(25));
        slow.Link.ResumeReading();

        await slow.ExpectCloseAsync(CloseCode.TryAgainLater);
        for (var i = 0; i < 10; i++)
            Assert.Equal(30_000, (await read.NextAsync()).Length);
    }

    [Fact]
    public async Task A_long_time_passes_in_few_steps()
    {
        await using var client = await _host.ConnectAsync("lab", new PikkuConnectOptions());
        var start = _host.Time.GetUtcNow();

        await _host.AdvanceAsync(TimeSpan.FromDays(2));

        Assert.Equal(TimeSpan.FromDays(2), _host.Time.GetUtcNow() - start);
        await client.ExpectCloseAsync(CloseCode.Normal, "idle");
    }
}
