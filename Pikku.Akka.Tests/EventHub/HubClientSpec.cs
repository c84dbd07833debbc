using Pikku.Akka.Tests.Support;
using Akka.Actor;

using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

using Xunit;

namespace Pikku.Akka.Tests.EventHub;

public sealed class HubClientSpec
{
    private static readonly EventHubSettings s_settings = new()
    {
        MaxEventSize = 1000,
        MaxTopicLength = 200,
        MaxPendingPublishes = 1,
        MaxPendingSize = 1000,
        MaxPendingSubscribes = 2,
        CallTimeout = TimeSpan.FromSeconds(10),
        MaxBufferedSize = 1,
        AuthorizationParallelism = 1,
    };

    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(30);

    private readonly ManualTime _clock = new();
    private readonly HubClient _client;

    public HubClientSpec() => _client = new HubClient(s_settings, s_startTimeout, _clock);

    [Fact]
    public async Task A_call_before_the_start_waits_and_is_told_when_nobody_starts_the_hub()
    {
        var call = _client.Begin(isPublish: true);
        _client.Tell(call, "news", "message");
        var outcome = _client.OutcomeAsync(call).AsTask();
        Assert.False(outcome.IsCompleted);

        _clock.Advance(s_startTimeout);

        var refusal = await Assert.ThrowsAsync<EventHubException>(() => outcome.Soon());
        Assert.Equal(EventHubErrorReason.Unavailable, refusal.Reason);
        Assert.Contains("pikku.start-timeout", refusal.Message, StringComparison.Ordinal);
        _client.Begin(isPublish: true); // its place is free again
    }

    [Fact]
    public async Task A_call_before_the_start_begins_the_start_and_waits_for_as_long_as_that_takes()
    {
        var starts = 0;
        _client.Starter = () =>
        {
            starts++;
            _client.Begun();
            return Task.CompletedTask;
        };
        var call = _client.Begin(isPublish: false);
        _client.Tell(call, "news", "message");
        var outcome = _client.OutcomeAsync(call).AsTask();
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((1, false), (starts, outcome.IsCompleted));

        _client.Fail(new InvalidOperationException("No seed answers."));

        var refusal = await Assert.ThrowsAsync<EventHubException>(() => outcome.Soon());
        Assert.Equal("No seed answers.", refusal.InnerException!.Message);
    }

    [Fact]
    public async Task Bytes_that_wait_are_bounded_too_and_one_event_always_finds_room()
    {
        var gate = new HubClient(s_settings with { MaxPendingPublishes = 10 }, s_startTimeout, _clock);
        gate.Open([ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody]);
        var first = gate.Begin(isPublish: true, 1001);
        Assert.Contains(
            "pikku.event-hub.max-pending-size", Assert.Throws<EventHubException>(() => gate.Begin(isPublish: true, 1)).Message, StringComparison.Ordinal);

        first.Complete();
        await first.Task.Soon();

        gate.Begin(isPublish: true, 600);
        gate.Begin(isPublish: true, 400);
        Assert.Throws<EventHubException>(() => gate.Begin(isPublish: true, 1));
    }

    [Fact]
    public async Task A_call_that_waits_too_long_is_answered_and_counts_until_its_lane_has_done_it()
    {
        _client.Open([ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody]);
        var call = _client.Begin(isPublish: true);
        _client.FailOverdue();
        _clock.Advance(s_settings.CallTimeout - TimeSpan.FromMilliseconds(1));
        _client.FailOverdue();
        Assert.False(call.IsOver);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _client.FailOverdue();

        var refusal = await Assert.ThrowsAsync<EventHubException>(() => call.Task.Soon());
        Assert.Contains("pikku.event-hub.call-timeout", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<EventHubException>(() => _client.Begin(isPublish: true));
        call.Complete();
        _client.Begin(isPublish: true);
    }

    [Fact]
    public async Task Whoever_waits_for_the_start_is_told_when_there_will_be_none()
    {
        _client.Close();
        _client.Open([ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody]);

        await Assert.ThrowsAsync<EventHubException>(() => _client.Opened);
        Assert.Throws<EventHubException>(() => _client.Begin(isPublish: false));
    }

    [Fact]
    public async Task Publishes_and_subscribes_have_bounds_of_their_own_and_a_failed_call_counts_once()
    {
        _client.Open([ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody]);
        var publish = _client.Begin(isPublish: true);
        _client.Begin(isPublish: false);
        _client.Begin(isPublish: false);
        Assert.Contains(
            "pikku.event-hub.max-pending-subscribes", Assert.Throws<EventHubException>(() => _client.Begin(isPublish: false)).Message, StringComparison.Ordinal);
        Assert.Throws<EventHubException>(() => _client.Begin(isPublish: true));

        publish.Fail(new EventHubException(EventHubErrorReason.Unavailable, "Failed."));
        publish.Complete();

        await Assert.ThrowsAsync<EventHubException>(() => publish.Task.Soon());
        _client.Begin(isPublish: true);
        Assert.Throws<EventHubException>(() => _client.Begin(isPublish: true));
    }
}
